export type { SchedulerConfig } from './config.js';
export { scheduler } from './scheduler.js';
