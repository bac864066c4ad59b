export { checkLinearizable } from './check.js';
export type {
  CheckOptions,
  CheckResult,
  DescribedOperation,
  Explanation,
  LinearizedPart,
  PlacedOperation,
} from './check.js';
export type { Model } from './model.js';
export { partitionBy } from './model.js';
export type { AnsweredOperation, Operation, Outcome } from './operation.js';
export { registerModel } from './register-model.js';
export type { RegisterInput, RegisterOutput } from './register-model.js';
export { checkStoreHistory } from './store-check.js';
export type { SerializableRead, StoreHistory, StoreVerdict } from './store-check.js';
export { storeModel } from './store-model.js';
export type { StoreModel } from './store-model.js';
export type {
  StoreAction,
  StoreActionOutput,
  StoreCompare,
  StoredKey,
  StoreInput,
  StoreOperation,
  StoreOutput,
  StoreRange,
  StoreTxn,
} from './store-operation.js';
export { checkWatch } from './watch-guarantees.js';
export type {
  WatchedBatch,
  WatchedEvent,
  WatchGuarantee,
  WatchRecord,
  WatchViolation,
} from './watch-guarantees.js';
