export {
  type ActorLog,
  type ActorLogOptions,
  isLogLevel,
  LOG_LEVELS,
  type LogLevel,
  openActorLog,
} from './actor-log.js';
export { redact } from './redact.js';
export { RotatingFile, type RotatingFileOptions } from './rotating-file.js';
