export * from './actor-core.js';
export * from './actor-error.js';
export * from './actor-event.js';
export * from './actor-system.js';
export * from './actor-figures.js';
export * from './behaviour.js';
export * from './child-spec.js';
export type { DeadLetterReason } from './dead-letters.js';
export * from './dynamic-children.js';
export * from './host.js';
export * from './link-breaks.js';
export * from './protocol.js';
export * from './restart-policy.js';
export * from './spec-problems.js';
export * from './spec-defaults.js';
export * from './supervisor.js';
export {
  type AmbientScope,
  outcomeOf,
  packTrace,
  type Span,
  type TraceScope,
  unpackTrace,
} from './trace.js';
export type { SpanQuery, SpanReply } from './tracer.js';
export * from './supervisor-host.js';
export * from './supervisor-state.js';
