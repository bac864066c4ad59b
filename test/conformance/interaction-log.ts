import type { Log } from '../../src/base/index.js';

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const;

/** Where the nodes' log lines and the harness's own words run together, as they happen. */
export interface InteractionLog extends Log {
  /** An index into LOG_LEVELS: what is below is not printed, and NONE mutes the harness too. */
  level: number;
  text: string;
  write(text: string): void;
  quiet(): boolean;
}

export function newInteractionLog(): InteractionLog {
  const print = (level: number, message: string): void => {
    const name = LOG_LEVELS[level] ?? '';
    if (level >= log.level) log.write(`${name} ${message}${message.endsWith('\n') ? '' : '\n'}`);
  };
  const log: InteractionLog = {
    level: 0,
    text: '',
    write: (text) => {
      if (!log.quiet()) log.text += text;
    },
    quiet: () => log.level === LOG_LEVELS.length - 1,
    debug: (message) => {
      print(0, message);
    },
    info: (message) => {
      print(1, message);
    },
    warn: (message) => {
      print(2, message);
    },
    error: (message) => {
      print(3, message);
    },
  };
  return log;
}

/** What `body` prints, two spaces to the right. */
export function withIndent<T>(log: InteractionLog, body: () => T): T {
  const before = log.text;
  log.text = '';
  const result = body();
  const lines = log.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  log.text = before + lines.map((line) => `  ${line}\n`).join('');
  return result;
}
