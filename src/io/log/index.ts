export {
  type ActorLog,
  type ActorLogOptions,
  isLogLevel,
  LOG_LEVELS,
  type LogLevel,
  openActorLog,
} from './actor-log.js';
export { redact, redactText } from './redact.js';
export {
  DEFAULT_LOG_KEEPING,
  type LogKeeping,
  RotatingFile,
  type RotatingFileOptions,
} from './rotating-file.js';
export { type LogFileName, parseLogFileName, sweepLogs } from './sweep.js';
