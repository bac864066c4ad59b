import path from 'node:path';
import { pino } from 'pino';
import type { Log } from '../../base/index.js';
import { redact } from './redact.js';
import { RotatingFile } from './rotating-file.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(text: string): text is LogLevel {
  return LOG_LEVELS.some((level) => level === text);
}

export interface ActorLogOptions {
  /** The file is `<folder>/<actor>.log`. */
  readonly folder: string;
  readonly level: LogLevel;
  readonly actor: string;
  readonly incarnation: number;
  /** Default 8 MiB. */
  readonly bytesMax?: number;
  /** Default 3. */
  readonly filesMax?: number;
}

export interface ActorLog extends Log {
  /** Of the lines from now on. */
  setLevel(level: LogLevel): void;
  close(): void;
}

/** JSON lines `{level, time, pid, actor, incarnation, msg, …}`, each written before the call returns. */
export function openActorLog(options: ActorLogOptions): ActorLog {
  const { actor, incarnation, level } = options;
  const file = new RotatingFile({
    path: path.join(options.folder, `${actor}.log`),
    bytesMax: options.bytesMax ?? 8 * 2 ** 20,
    filesMax: options.filesMax ?? 3,
  });
  const logger = pino(
    {
      level,
      base: { pid: process.pid, actor, incarnation },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  );
  return {
    debug: (message, fields) => {
      if (logger.isLevelEnabled('debug')) logger.debug(redact(fields ?? {}), message);
    },
    info: (message, fields) => {
      if (logger.isLevelEnabled('info')) logger.info(redact(fields ?? {}), message);
    },
    warn: (message, fields) => {
      logger.warn(redact(fields ?? {}), message);
    },
    error: (message, fields) => {
      logger.error(redact(fields ?? {}), message);
    },
    setLevel: (next) => {
      logger.level = next;
    },
    close: () => {
      file.close();
    },
  };
}
