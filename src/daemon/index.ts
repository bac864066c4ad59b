export * from './config/index.js';
export * from './control/index.js';
export { OperatingError } from './failure.js';
export * from './folder/index.js';
