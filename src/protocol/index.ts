export * from './api.js';
export * from './election.js';
export * from './members.js';
export * from './store.js';
export * from './http-port.js';
export * from './overflow.js';
export * from './runtime-port.js';
