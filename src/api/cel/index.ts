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
export { escapeName } from './escape-name.js';
export { parseDateTime, parseGoDuration } from './functions/time.js';
export { BOOL, DYN, INT, STRING, formatType } from './types.js';
export type { Type } from './types.js';
export { fromBase64 } from './utf8.js';
export { EvaluationError, NONE, optionalOf } from './value.js';
export type { List, Mapping, Value } from './value.js';
