import type { ActorId } from '../base/index.js';

const BREAKS_MAX = 3;
const PERIOD_MS = 60_000;

/** Counts the links that break, as a frame cannot be read. A few are mended; one who sends many such frames is broken itself. */
export class LinkBreaks {
  readonly #breaksMs = new Map<string, number[]>();

  /** The reason for which the sender is to be crashed; undefined while its link is to be made anew. */
  note(from: ActorId, to: ActorId, message: string, nowMs: number): string | undefined {
    const key = `${from} ${to}`;
    const recent = (this.#breaksMs.get(key) ?? []).filter((atMs) => nowMs - atMs < PERIOD_MS);
    recent.push(nowMs);
    this.#breaksMs.set(key, recent);
    if (recent.length <= BREAKS_MAX) return undefined;
    this.#breaksMs.delete(key);
    const times = `${String(recent.length)} times within ${String(PERIOD_MS / 1000)} s`;
    return `its link to ${to} broke ${times}, the last time as ${message}`;
  }
}
