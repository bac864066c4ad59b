import t from 'tap';
import { shiviz, timeline } from '../../src/elections/index.js';
import type {
  CampaignFacts,
  ElectionEvidence,
  Witness,
  WitnessEvent,
} from '../../src/protocol/index.js';

const CAMPAIGN: CampaignFacts = {
  id: '2.b.x',
  version: 1,
  term: 2,
  candidate: 'b',
  reason: 'forced',
  outcome: 'elected',
  attempts: 1,
  voters: ['a', 'b', 'c'],
  leaderBefore: { leader: 'a', term: 1 },
  silentSinceMs: 9,
  startedMs: 10,
  campaignMs: 10,
  votingMs: 10,
  wonMs: 12,
  committedMs: 13,
  firstWriteMs: null,
  endedMs: 13,
  preVotes: [],
  votes: [],
  electedAt: '2026-11-27T10:00:00.000Z',
};

function witness(replica: string, events: readonly WitnessEvent[]): Witness {
  const log = { replica, lastIndex: 4, lastTerm: 1, commitIndex: 4 };
  return { replica, sinceMs: 0, watchedUntilMs: 20, toldMs: 20, leaders: [], log, events };
}

const EVIDENCE: ElectionEvidence = {
  campaign: CAMPAIGN,
  witnesses: [
    witness('b', [
      { atMs: 9, is: 'saw-death', of: 'a', incarnation: 1, led: true, term: 1 },
      { atMs: 10, is: 'campaigned', phase: 'vote', reason: 'forced', term: 2 },
      {
        atMs: 12,
        is: 'received',
        phase: 'vote',
        term: 2,
        voter: 'c',
        granted: true,
        reason: 'granted',
      },
      { atMs: 12, is: 'leads', term: 2 },
    ]),
    witness('c', [
      {
        atMs: 11,
        is: 'answered',
        phase: 'vote',
        term: 2,
        candidate: 'b',
        granted: true,
        reason: 'granted',
      },
      { atMs: 12.5, is: 'follows', term: 2, leader: 'b' },
    ]),
  ],
};

t.test('as a log of ShiViz: its own parser reads it, and what follows has the later clock', (t) => {
  const [parser = '', delimiter, ...lines] = shiviz(EVIDENCE).split('\n');
  t.equal(delimiter, '');
  const parsed = [
    ...lines.join('\n').matchAll(new RegExp(parser.replace('{.*}', '\\{.*\\}'), 'g')),
  ];
  const clocks = parsed.map(({ groups }) => [
    groups?.['host'],
    JSON.parse(groups?.['clock'] ?? '') as Record<string, number>,
  ]);
  t.same(clocks, [
    ['b', { b: 1 }],
    ['b', { b: 2 }],
    ['c', { b: 2, c: 1 }],
    ['b', { b: 3, c: 1 }],
    ['b', { b: 4, c: 1 }],
    ['c', { b: 4, c: 2 }],
  ]);
  t.equal(parsed[2]?.groups?.['event'], "says yes to b's vote for term 2 (granted)");
  t.end();
});

t.test('the timeline of all replicas is in one order, from the first try on', (t) => {
  t.same(
    timeline(EVIDENCE).map(({ offsetMs, replica }) => [offsetMs, replica]),
    [
      [-1, 'b'],
      [-1, 'b'],
      [0, 'b'],
      [1, 'c'],
      [2, 'b'],
      [2, 'b'],
      [2.5, 'c'],
    ],
  );
  t.end();
});
