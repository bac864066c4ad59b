export { CpuPool, type CpuPoolOptions, type PoolFailure, type TaskOptions } from './cpu-pool.js';
export { drainPromises } from './drain-promises.js';
export { poolTask } from './pool-task.js';
