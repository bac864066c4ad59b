export * from './conf-change.js';
export * from './config.js';
export * from './message.js';
export * from './raw-node.js';
export * from './ready.js';
export * from './storage.js';
export * from './trace.js';
