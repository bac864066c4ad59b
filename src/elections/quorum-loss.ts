import { ElectionCause } from '../protocol/index.js';
import type { ElectionEvidence, KnownLeader, UnheardVoter, Witness } from '../protocol/index.js';
import { BLOCKER_TEXT, CAUSE_OF_BLOCKED_LEADER, whereabouts } from './blocked.js';
import { eventsOf } from './events-of.js';
import { plainMs } from './plain-ms.js';
import type { Verdict } from './verdict.js';

type Why = 'down' | 'lagging' | 'cut' | 'unclear';

/** The leader stepped down before anyone campaigned, since no majority answered it (check-quorum): what held the others up? */
export function quorumVerdict(
  { campaign, witnesses }: ElectionEvidence,
  before: KnownLeader,
): Verdict | undefined {
  const leader = witnesses.find(({ replica }) => replica === before.leader);
  if (leader === undefined) return undefined;
  const lost = eventsOf([leader], 'lost-quorum').find(
    ({ term, atMs }) => term === before.term && atMs <= campaign.campaignMs,
  );
  if (lost === undefined) return undefined;
  const deadSinceMs = Math.min(lost.atMs, ...lost.unheard.map(({ sinceMs }) => sinceMs));
  const self = whereabouts(leader, deadSinceMs, lost.atMs);
  const down = `${before.leader} stepped down, since no majority had answered it for ${plainMs(lost.atMs - deadSinceMs)}`;
  if (self.was === 'blocked')
    return {
      cause: CAUSE_OF_BLOCKED_LEADER[self.by],
      detail: `${down}: ${BLOCKER_TEXT[self.by]} for ${plainMs(self.ms)}`,
      deadSinceMs,
    };
  const found = lost.unheard.map((voter) => whyUnheard(voter, lost.atMs, witnesses));
  const cause = self.was === 'working' ? causeOf(found.map(({ why }) => why)) : undefined;
  return {
    cause: cause ?? ElectionCause.unknown,
    detail: `${down}: ${found.map(({ text }) => text).join('; ')}`,
    deadSinceMs,
  };
}

/** All for one reason: that. For several that are all known: the loss of the majority itself. */
function causeOf(all: readonly Why[]): ElectionCause | undefined {
  const kinds = new Set(all);
  if (kinds.size === 0 || kinds.has('unclear')) return undefined;
  if (kinds.size > 1 || kinds.has('down')) return ElectionCause.quorumLost;
  return kinds.has('lagging') ? ElectionCause.laggingReplica : ElectionCause.partition;
}

function whyUnheard(
  { replica, sinceMs, up }: UnheardVoter,
  untilMs: number,
  witnesses: readonly Witness[],
): { readonly why: Why; readonly text: string } {
  if (!up) return { why: 'down', text: `${replica} was down` };
  const told = witnesses.find((witness) => witness.replica === replica);
  if (told === undefined) return { why: 'unclear', text: `${replica} has not told what it saw` };
  if (told.sinceMs > sinceMs) return { why: 'down', text: `${replica} had been down` };
  const there = whereabouts(told, sinceMs, untilMs);
  if (there.was === 'blocked')
    return {
      why: 'lagging',
      text: `${replica} lagged, ${BLOCKER_TEXT[there.by]} for ${plainMs(there.ms)}`,
    };
  if (there.was === 'working')
    return { why: 'cut', text: `${replica} was at work, and messages were lost` };
  return { why: 'unclear', text: `what ${replica} tells of itself does not explain it` };
}
