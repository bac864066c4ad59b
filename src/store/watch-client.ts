import type { Revision } from '../base/index.js';
import type { WatchBatch } from '../protocol/index.js';

export interface StoreWatchHandlers {
  /**
   * In order, without gap or repetition, over all deaths of replicas. Empty batches carry progress: the first one says
   * from where the watch starts, others that everything up to `revision` has been delivered.
   */
  onBatch(batch: WatchBatch): void;
  /** Called once, and last: the next revision was compacted, or the watch was canceled. */
  onEnd(end: StoreWatchEnd): void;
}

export type StoreWatchEnd =
  | { readonly code: 'compacted'; readonly compactRevision: Revision }
  | { readonly code: 'canceled' };

export interface StoreWatch {
  /** `onEnd({code: 'canceled'})` follows at once. */
  cancel(): void;
  /** For a consumer whose own sink is full: at most the stream's window still arrives. */
  pause(): void;
  resume(): void;
}
