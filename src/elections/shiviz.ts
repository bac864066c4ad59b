import type { ElectionEvidence, WitnessEvent } from '../protocol/index.js';
import { eventText } from './event-text.js';

/** How ShiViz takes a log apart unless told otherwise. */
const PARSER = String.raw`(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`;

interface Moment {
  readonly replica: string;
  readonly event: WitnessEvent;
}

type VectorClock = Map<string, number>;

/**
 * The election as a log with vector clocks, which ShiViz (https://bestchai.bitbucket.io/shiviz/) draws. A log begins with its
 * parser expression and the delimiter of its executions (none); two lines for each event follow. A replica's events follow each
 * other; a vote follows the question, its arrival follows the vote, and who follows a leader does so after it won.
 */
export function shiviz({ witnesses }: ElectionEvidence): string {
  const moments = witnesses
    .flatMap(({ replica, events }) => events.map((event) => ({ replica, event })))
    .sort((a, b) => a.event.atMs - b.event.atMs);
  const latest = new Map<string, VectorClock>();
  const clocks = new Map<string, VectorClock>();
  const lines = moments.map(({ replica, event }) => {
    const clock: VectorClock = new Map(latest.get(replica));
    const before = causeKey(replica, event);
    if (before !== undefined) join(clock, clocks.get(before));
    clock.set(replica, (clock.get(replica) ?? 0) + 1);
    latest.set(replica, clock);
    const key = ownKey({ replica, event });
    if (key !== undefined) clocks.set(key, clock);
    return `${eventText(event)}\n${replica} ${JSON.stringify(Object.fromEntries(clock))}`;
  });
  return [PARSER, '', ...lines].join('\n');
}

/** What others can follow from. */
function ownKey({ replica, event }: Moment): string | undefined {
  if (event.is === 'campaigned') return `ask ${event.phase} ${String(event.term)} ${replica}`;
  if (event.is === 'answered')
    return `vote ${event.phase} ${String(event.term)} ${event.candidate} ${replica}`;
  return event.is === 'leads' ? `lead ${String(event.term)} ${replica}` : undefined;
}

/** What it follows from at another replica. */
function causeKey(replica: string, event: WitnessEvent): string | undefined {
  if (event.is === 'answered') return `ask ${event.phase} ${String(event.term)} ${event.candidate}`;
  if (event.is === 'received')
    return `vote ${event.phase} ${String(event.term)} ${replica} ${event.voter}`;
  return event.is === 'follows' ? `lead ${String(event.term)} ${event.leader}` : undefined;
}

function join(clock: VectorClock, other: VectorClock | undefined): void {
  for (const [replica, count] of other ?? [])
    clock.set(replica, Math.max(clock.get(replica) ?? 0, count));
}
