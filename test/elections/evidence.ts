import type {
  CampaignFacts,
  ElectionEvidence,
  HeardLeader,
  Witness,
  WitnessEvent,
} from '../../src/protocol/index.js';

/** A campaign of `b` for term 3 in a cluster of three, won, and what the replicas tell of it. */
export function campaignOf(facts: Partial<CampaignFacts> = {}): CampaignFacts {
  return {
    id: '3.b.x',
    version: 1,
    term: 3,
    candidate: 'b',
    reason: 'forced',
    outcome: 'elected',
    attempts: 1,
    voters: ['a', 'b', 'c'],
    leaderBefore: null,
    silentSinceMs: null,
    startedMs: 1000,
    campaignMs: 1000,
    votingMs: 1001,
    wonMs: 1002,
    committedMs: 1003,
    firstWriteMs: null,
    endedMs: 1003,
    preVotes: [],
    votes: [],
    electedAt: '2026-11-27T10:00:00.000Z',
    ...facts,
  };
}

export function witnessOf(
  replica: string,
  events: readonly WitnessEvent[] = [],
  more: Partial<Witness> = {},
): Witness {
  const log = { replica, lastIndex: 4, lastTerm: 2, commitIndex: 4 };
  return {
    replica,
    sinceMs: 0,
    watchedUntilMs: 1100,
    toldMs: 1100,
    leaders: [],
    log,
    events,
    ...more,
  };
}

export function heard(leader: string, term: number, sinceMs: number, heardMs: number): HeardLeader {
  return { leader, term, sinceMs, heardMs };
}

export function evidenceOf(
  facts: Partial<CampaignFacts>,
  ...witnesses: readonly Witness[]
): ElectionEvidence {
  return { campaign: campaignOf(facts), witnesses };
}
