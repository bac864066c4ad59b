export * from './actor-core.js';
export * from './behaviour.js';
export * from './child-spec.js';
export * from './host.js';
export * from './protocol.js';
export * from './restart-policy.js';
export * from './supervisor.js';
export * from './supervisor-state.js';
