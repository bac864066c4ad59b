import { assertNever, RingBuffer } from '../base/index.js';

/**
 * When the leader compacts by itself. `periodic`: what is older than the period goes, a tenth of it at a time. `revision`:
 * all but the newest revisions go, looked at every five minutes as in etcd. `off`: a client does it, as Kubernetes' API server.
 */
export type AutoCompactionConfig =
  | { readonly mode: 'off' }
  | { readonly mode: 'periodic'; readonly periodMs: number }
  | { readonly mode: 'revision'; readonly revisionsKept: number };

const SAMPLES = 10;
const REVISION_INTERVAL_MS = 300_000;

/** Decides; proposing is its owner's. Pure: time and revisions come in. */
export class AutoCompaction {
  readonly #config: AutoCompactionConfig;
  /** The revisions of the last period, oldest first, a tenth of it apart. */
  #samples = new RingBuffer<number>(SAMPLES + 1);
  #nextMs: number | undefined;

  constructor(config: AutoCompactionConfig) {
    this.#config = config;
  }

  /** A new leader begins to count anew: it keeps too much rather than too little. */
  reset(): void {
    this.#samples = new RingBuffer<number>(SAMPLES + 1);
    this.#nextMs = undefined;
  }

  /** The revision to compact to, if it is time for that. */
  due(nowMs: number, revision: number, compactRevision: number): number | undefined {
    const intervalMs = this.#intervalMs();
    if (intervalMs === undefined) return undefined;
    this.#nextMs ??= this.#config.mode === 'periodic' ? nowMs : nowMs + intervalMs;
    if (nowMs < this.#nextMs) return undefined;
    this.#nextMs = nowMs + intervalMs;
    const target = this.#target(revision);
    return target !== undefined && target > compactRevision ? target : undefined;
  }

  #intervalMs(): number | undefined {
    switch (this.#config.mode) {
      case 'off':
        return undefined;
      case 'periodic':
        return this.#config.periodMs / SAMPLES;
      case 'revision':
        return REVISION_INTERVAL_MS;
      default:
        return assertNever(this.#config, 'mode of compaction');
    }
  }

  #target(revision: number): number | undefined {
    if (this.#config.mode === 'revision') return revision - this.#config.revisionsKept;
    this.#samples.pushDroppingOldest(revision);
    const [oldest] = this.#samples;
    return this.#samples.full ? oldest : undefined;
  }
}
