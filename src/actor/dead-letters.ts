import type { Clock, Log } from '../base/index.js';

/**
 * Why a message was not handled, where its sender gets no other answer: its actor was down; there was no credit; it was
 * dropped for a newer one; the child spec names no link to it; it names no operation of its receiver; it came when nobody
 * waited any more.
 */
export const deadLetterReasons = [
  'actor-down',
  'overflow',
  'dropped-oldest',
  'not-linked',
  'unknown-operation',
  'late',
] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

const LINE_EVERY_MS = 1000;
/** Kinds of dead letters whose last line is remembered; any others are counted, and not in the log. */
const KINDS_MAX = 256;

interface Kind {
  saidMs: number;
  since: number;
}

/** Counts dead letters, and says in the log what they are: at most a line a second for each peer, operation and reason. */
export class DeadLetters {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counts: Record<DeadLetterReason, number> = {
    'actor-down': 0,
    overflow: 0,
    'dropped-oldest': 0,
    'not-linked': 0,
    'unknown-operation': 0,
    late: 0,
  };
  readonly #kinds = new Map<string, Kind>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  add(reason: DeadLetterReason, peer: string, operation: string): void {
    this.#counts[reason]++;
    const nowMs = this.#clock.monotonicMs();
    const kind = this.#kindOf(`${reason} ${peer} ${operation}`, nowMs);
    if (kind === undefined) return;
    kind.since++;
    if (nowMs - kind.saidMs < LINE_EVERY_MS) return;
    // A death is no news: what is lost by it is for those who look for it.
    const level = reason === 'actor-down' || reason === 'late' ? 'debug' : 'warn';
    this.#log[level]('dead letters', { reason, peer, operation, count: kind.since });
    kind.saidMs = nowMs;
    kind.since = 0;
  }

  counts(): Readonly<Record<DeadLetterReason, number>> {
    return { ...this.#counts };
  }

  #kindOf(key: string, nowMs: number): Kind | undefined {
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    if (this.#kinds.size >= KINDS_MAX) this.#forgetOld(nowMs);
    if (this.#kinds.size >= KINDS_MAX) return undefined;
    const kind: Kind = { saidMs: -Infinity, since: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, kind] of this.#kinds)
      if (kind.since === 0 && nowMs - kind.saidMs >= LINE_EVERY_MS) this.#kinds.delete(key);
  }
}
