export type { Declared } from './declared.js';
export type { Program } from './program.js';
export { compile } from './program.js';
export type { Outcome } from './evaluate.js';
export {
  authorizerType,
  authorizerValue,
  resourceCheckType,
  resourceCheckValue,
} from './functions/authorization.js';
export type {
  AccessCheck,
  AccessDecision,
  Decide,
} from './functions/authorization.js';
export { createExtension } from './extension.js';
export type { Extension, MessageType } from './extension.js';
export { escapeName } from './escape-name.js';
export { JSON_PATCH_FUNCTIONS } from './functions/json-patch.js';
export {
  formatDuration,
  formatTimestamp,
  parseDateTime,
  parseGoDuration,
} from './functions/time.js';
export { BOOL, DYN, INT, STRING, formatType } from './types.js';
export type { Type } from './types.js';
export { fromBase64 } from './utf8.js';
export { EvaluationError, NONE, itemsOf, kindOf, optionalOf } from './value.js';
export type {
  Duration,
  List,
  Mapping,
  Message,
  Optional,
  Timestamp,
  Unsigned,
  Value,
} from './value.js';
