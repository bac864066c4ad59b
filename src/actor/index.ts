export * from './actor-core.js';
export * from './behaviour.js';
export * from './host.js';
export * from './protocol.js';
