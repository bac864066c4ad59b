export { CpuPool, type CpuPoolOptions, type PoolFailure, type TaskOptions } from './cpu-pool.js';
export { poolTask } from './pool-task.js';
