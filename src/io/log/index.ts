export { type ActorLog, type ActorLogOptions, type LogLevel, openActorLog } from './actor-log.js';
export { redact } from './redact.js';
export { RotatingFile, type RotatingFileOptions } from './rotating-file.js';
