import type { NodeId } from '../base/index.js';

/**
 * Disks that fill up together are known to be so by then: each replica looks once a second, and a message takes no time beside that.
 */
const PATIENCE_MS = 2500;
/** Nobody took over, or who did has lost it again. */
const AGAIN_MS = 2000;

/**
 * When a leader whose disk takes no writes is to hand over: once it can be told that the disk of another replica does. Where all of
 * them have the same disk, which is so unless somebody mounts one for each, nobody could do better.
 */
export class DiskHandover {
  /** Replicas that have told that their disks take no writes. */
  readonly #troubled = new Set<NodeId>();
  /** Since when this replica's own takes none. */
  #sinceMs: number | undefined;
  #notBeforeMs = -Infinity;

  told(id: NodeId, takesWrites: boolean): void {
    if (takesWrites) this.#troubled.delete(id);
    else this.#troubled.add(id);
  }

  /** That life of it is over; the next one tells anew. */
  died(id: NodeId): void {
    this.#troubled.delete(id);
  }

  takesWrites(id: NodeId): boolean {
    return !this.#troubled.has(id);
  }

  /** Is now the time, should somebody be there to take over? */
  isDue(nowMs: number, { takesWrites }: { readonly takesWrites: boolean }): boolean {
    if (takesWrites) {
      this.#sinceMs = undefined;
      return false;
    }
    this.#sinceMs ??= nowMs;
    if (nowMs < Math.max(this.#sinceMs + PATIENCE_MS, this.#notBeforeMs)) return false;
    this.#notBeforeMs = nowMs + AGAIN_MS;
    return true;
  }
}
