export * from './config/index.js';
export * from './control/index.js';
export { errorCode, OperatingError } from './failure.js';
export * from './folder/index.js';
export { readSnapshot, restoreCluster, type RestoredCluster } from './backup/restore.js';
