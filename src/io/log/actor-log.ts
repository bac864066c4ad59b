import path from 'node:path';
import { pino } from 'pino';
import type { Log } from '../../base/index.js';
import { redact, redactText } from './redact.js';
import { DEFAULT_LOG_KEEPING, type LogKeeping, RotatingFile } from './rotating-file.js';

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
  readonly keeping?: LogKeeping;
  /** The trace that the actor works for at this moment: it goes into each line. */
  readonly traceId?: () => string | undefined;
  /** How many lines the disk has refused and are not told of yet: at each change. */
  readonly onLost?: ((lines: number) => void) | undefined;
}

export interface ActorLog extends Log {
  /** Of the lines from now on. */
  setLevel(level: LogLevel): void;
  close(): void;
}

/** JSON lines `{level, time, pid, actor, incarnation, msg, …}`, each written before the call returns. */
export function openActorLog(options: ActorLogOptions): ActorLog {
  const { actor, incarnation, level, traceId } = options;
  const base = { pid: process.pid, actor, incarnation };
  const file = new RotatingFile({
    ...(options.keeping ?? DEFAULT_LOG_KEEPING),
    path: path.join(options.folder, `${actor}.log`),
    wallMs: Date.now,
    onLost: options.onLost,
    lostNotice: (lines) => {
      const time = new Date().toISOString();
      return JSON.stringify({ level: 'error', time, ...base, msg: 'log lines were lost', lines });
    },
  });
  const logger = pino(
    {
      level,
      base,
      ...(traceId === undefined ? {} : { mixin: () => traceField(traceId()) }),
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  );
  return {
    debug: (message, fields) => {
      if (logger.isLevelEnabled('debug')) logger.debug(redact(fields ?? {}), redactText(message));
    },
    info: (message, fields) => {
      if (logger.isLevelEnabled('info')) logger.info(redact(fields ?? {}), redactText(message));
    },
    warn: (message, fields) => {
      logger.warn(redact(fields ?? {}), redactText(message));
    },
    error: (message, fields) => {
      logger.error(redact(fields ?? {}), redactText(message));
    },
    setLevel: (next) => {
      logger.level = next;
    },
    close: () => {
      file.close();
    },
  };
}

function traceField(traceId: string | undefined): object {
  return traceId === undefined ? {} : { traceId };
}
