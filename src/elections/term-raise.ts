import type { Witness } from '../protocol/index.js';
import { eventsOf } from './events-of.js';
import type { EventOf } from './events-of.js';

/** Where nobody tells of its own campaign for that term: not long before it was met. */
const RECENT_MS = 500;

export interface TermRaise {
  readonly by: string;
  readonly atMs: number;
}

/** Who raised the term that a leader met, and when: the first to ask for votes in it, whoever passed it on. */
export function raiseOf(
  { by, term, atMs }: EventOf<'met-higher-term'>,
  witnesses: readonly Witness[],
): TermRaise {
  const raises = witnesses.flatMap((witness) =>
    eventsOf([witness], 'campaigned')
      .filter((event) => event.phase === 'vote' && event.term === term && event.atMs <= atMs)
      .map((event) => ({ by: witness.replica, atMs: event.atMs })),
  );
  const own = raises.filter((raise) => raise.by === by);
  const [first] = (own.length > 0 ? own : raises).sort((a, b) => a.atMs - b.atMs);
  return first ?? { by, atMs: atMs - RECENT_MS };
}
