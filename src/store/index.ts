export * from './command.js';
export * from './state-machine.js';
export * from './state-snapshot.js';
export * from './watch-client.js';
export * from './client.js';
