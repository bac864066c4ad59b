import type { NodeId } from '../base/index.js';
import type { ThreadActivity } from './replica-ports.js';

/** Longer than a collection of garbage or a busy machine holds a loop up. */
const PATIENCE_MS_MIN = 300;
/** Any replica's loop turns at each tick; what it may be late. */
const GRACE_MS = 100;
/** A leader that is idle is as silent at each look as at the one before; one that has stopped is more so. */
const MORE_SILENT_MS = 20;
/** A look that comes so much too late says that this thread is starved itself: then it judges nobody for a while. */
const LATE_MS = 50;
/** Needless suspicions are held against it for so long. */
const MEMORY_MS = 60_000;

export interface HungLeaderOptions {
  readonly tickMs: number;
  /** The shortest time after which Raft itself gives a silent leader up. */
  readonly electionMs: number;
}

export interface Look {
  readonly nowMs: number;
  /** When this look was to be. */
  readonly dueMs: number;
  /** Whom this replica follows; 0: nobody, or itself. */
  readonly leader: NodeId | 0;
  readonly activity: ThreadActivity | undefined;
}

export type LookResult =
  | { readonly type: 'fine' }
  /** Look again then, as it may be time before the next tick. */
  | { readonly type: 'look-again'; readonly inMs: number }
  | { readonly type: 'hangs'; readonly silentMs: number };

interface Suspicion {
  readonly leader: NodeId;
  /** When its loop last turned before. */
  readonly turnedMs: number;
}

const FINE: LookResult = { type: 'fine' };

/**
 * Tells a leader whose loop has stopped from one that is only slow, a good deal before Raft's timeouts would. All of it is
 * evidence, not proof: an election that it causes needlessly costs some writes a moment, and never safety. Two rules keep a machine
 * without enough processors from electing on and on: who is starved itself judges nobody; and a leader that comes back sooner
 * than the timeouts would have struck was suspected needlessly, which doubles the patience with the next ones for a minute, up to
 * none but the timeouts.
 */
export class HungLeader {
  readonly #options: HungLeaderOptions;
  #fitFromMs = -Infinity;
  #suspicion: Suspicion | undefined;
  readonly #needlessMs: number[] = [];
  #silentBeforeMs = Infinity;

  constructor(options: HungLeaderOptions) {
    this.#options = options;
  }

  /** It was suspected, and its loop has not turned since. */
  is(id: NodeId): boolean {
    return this.#suspicion?.leader === id;
  }

  /** Whose activity the next look needs: the suspect's, or else the leader's. */
  subject(leader: NodeId | 0): NodeId | 0 {
    return this.#suspicion?.leader ?? leader;
  }

  /** That life of it is over. */
  forget(id: NodeId): void {
    if (this.is(id)) this.#suspicion = undefined;
  }

  /** `activity` is that of `subject()`. */
  look({ nowMs, dueMs, leader, activity }: Look): LookResult {
    const patienceMs = this.#patienceMs(nowMs);
    if (nowMs - dueMs > LATE_MS) this.#fitFromMs = nowMs + patienceMs;
    if (activity === undefined) return FINE;
    const moreSilent = activity.silentMs > this.#silentBeforeMs + MORE_SILENT_MS;
    this.#silentBeforeMs = activity.silentMs;
    if (this.#suspicion !== undefined) {
      this.#judge(this.#suspicion, nowMs, activity.silentMs);
      return FINE;
    }
    // A slow disk is slow for all of them, and to elect needs the disk too.
    if (leader === 0 || activity.inSync || patienceMs >= this.#options.electionMs) return FINE;
    const leftMs = Math.max(patienceMs - activity.silentMs, this.#fitFromMs - nowMs);
    if (leftMs > 0) return moreSilent && leftMs < this.#options.tickMs ? again(leftMs) : FINE;
    this.#suspicion = { leader, turnedMs: nowMs - activity.silentMs };
    return { type: 'hangs', silentMs: activity.silentMs };
  }

  /** Has the suspect's loop turned again, and was it away for so long that it was worth an election? */
  #judge({ turnedMs }: Suspicion, nowMs: number, silentMs: number): void {
    const awayMs = nowMs - silentMs - turnedMs;
    if (awayMs < 1) return;
    this.#suspicion = undefined;
    if (awayMs < this.#options.electionMs) this.#needlessMs.push(nowMs);
  }

  #patienceMs(nowMs: number): number {
    while (nowMs - (this.#needlessMs[0] ?? nowMs) > MEMORY_MS) this.#needlessMs.shift();
    const patienceMs = Math.max(PATIENCE_MS_MIN, this.#options.tickMs + GRACE_MS);
    return patienceMs * 2 ** this.#needlessMs.length;
  }
}

function again(leftMs: number): LookResult {
  return { type: 'look-again', inMs: Math.ceil(leftMs) };
}
