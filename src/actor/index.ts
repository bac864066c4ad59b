export * from './behaviour.js';
export * from './protocol.js';
