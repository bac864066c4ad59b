import fs from 'node:fs';
import path from 'node:path';
import type { LogKeeping } from './rotating-file.js';

/** `api-server.log` is written to; `api-server.1.log` was, before it was set aside. */
const LOG_FILE = /^(.+?)(?:\.(\d+))?\.log$/;

export interface LogFileName {
  readonly actor: string;
  /** 0: the one that is written to. */
  readonly number: number;
}

export function parseLogFileName(name: string): LogFileName | undefined {
  const [, actor, number = '0'] = LOG_FILE.exec(name) ?? [];
  return actor === undefined ? undefined : { actor, number: Number(number) };
}

/**
 * Removes what nobody writes to any more and no rotation comes to: files of actors that are gone, or that log nothing, whose
 * last line is older than all the files of a busy actor would be; and those beyond the number that is kept now. Returns the
 * names of what it removed.
 */
export function sweepLogs(
  folder: string,
  actors: ReadonlySet<string>,
  { ageMsMax, filesMax }: LogKeeping,
  nowMs: number,
): string[] {
  const removed: string[] = [];
  for (const name of namesIn(folder)) {
    const parsed = parseLogFileName(name);
    if (parsed === undefined) continue;
    const isWritten = parsed.number === 0 && actors.has(parsed.actor);
    if (isWritten) continue;
    const file = path.join(folder, name);
    try {
      const isOld = nowMs - fs.statSync(file).mtimeMs > ageMsMax * filesMax;
      if (!isOld && parsed.number < filesMax) continue;
      fs.rmSync(file);
      removed.push(name);
    } catch {
      // It was renamed meanwhile, or cannot be removed: the next sweep sees.
    }
  }
  return removed;
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
