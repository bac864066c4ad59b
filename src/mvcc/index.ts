export * from './request.js';
export { isEmptyRange, isSingleKey, prefixEnd, RANGE_END_OF_ALL } from './key-range.js';
export { mvccError } from './mvcc-error.js';
export { TXN_OPERATIONS_MAX } from './txn-check.js';
export { LEASE_TTL_SECONDS_MAX } from './lease-table.js';
export type { Lease } from './lease-table.js';
export { createMvccLoader, rebaseImage } from './mvcc-image.js';
export type { LeaseImage, MvccImage, MvccLoader } from './mvcc-image.js';
export { createMvccStore } from './mvcc-store.js';
export type { MvccStore } from './mvcc-store.js';
export { createHasher } from './state-hash.js';
export type { Hasher } from './state-hash.js';
export type { KeyHash } from './key-hash.js';
export { txnCostBytes } from './txn-cost.js';
export type { Written } from './txn.js';
export type { EventSource } from './watch-event.js';
export { FRAGMENT_BYTES } from './watch-fragment.js';
export { createWatchHub } from './watch-hub.js';
export type {
  EventBatch,
  WatchFilter,
  WatchHandle,
  WatchHandlers,
  WatchHub,
  WatchOptions,
} from './watch-hub.js';
