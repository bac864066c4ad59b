import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { errorCode, OperatingError } from '../../daemon/index.js';
import { parseLogFileName } from '../../io/log/index.js';
import { type ScanState, scanLines } from './line-scan.js';
import { type LogRecord, parseLogLine } from './log-record.js';
import { mergeByTime } from './merge.js';

export interface LogReadOptions {
  /** A line without its end is read too; else it is still being written, and waits. */
  readonly withTorn?: boolean;
  /** Files that were last written before are passed over. */
  readonly sinceMs?: number | undefined;
}

/** Reads the log files of a folder, each line once. */
export interface LogReader {
  /** What has come since the last call, of all files together, by time. To be read to its end. */
  read(options?: LogReadOptions): Generator<LogRecord>;
  /** Lines so far that were none: torn by a death, or rubbish. */
  readonly skippedLines: number;
}

interface OpenLog {
  readonly fd: number;
  readonly inode: number;
  readonly actor: string;
  readonly number: number;
  readonly sizeBytes: number;
  readonly writtenMs: number;
}

/** `actors` empty: all. Throws an `OperatingError` where there are none. */
export function logReader(folder: string, actors: readonly string[]): LogReader {
  /** How much of each file has been read. By inode, since a rotation renames the files. */
  let offsets = new Map<number, number>();
  /** The same a round before: a file that is renamed while the folder is listed may be missed for one round. */
  let before = new Map<number, number>();
  let skippedLines = 0;

  function* recordsOf(file: OpenLog, state: ScanState, withTorn: boolean): Generator<LogRecord> {
    for (const line of scanLines(file.fd, state, file.sizeBytes, withTorn)) {
      const record = parseLogLine(line);
      if (record === undefined) skippedLines++;
      else yield record;
    }
  }

  return {
    get skippedLines() {
      return skippedLines;
    },
    *read({ withTorn = false, sinceMs = -Infinity } = {}) {
      const files = openLogs(folder, actors);
      const known = new Map([...before, ...offsets]);
      const states = new Map<number, ScanState>();
      const byActor = new Map<string, Generator<LogRecord>[]>();
      try {
        for (const file of files) {
          const offset = known.get(file.inode) ?? 0;
          // A smaller file is another one, to which the inode of a removed one was given.
          const state = { offset: file.sizeBytes < offset ? 0 : offset };
          states.set(file.inode, state);
          if (file.writtenMs < sinceMs) state.offset = file.sizeBytes;
          const records = recordsOf(file, state, withTorn);
          byActor.set(file.actor, [...(byActor.get(file.actor) ?? []), records]);
        }
        yield* mergeByTime([...byActor.values()].map(inTurn));
      } finally {
        for (const { fd } of files) closeSync(fd);
        before = offsets;
        offsets = new Map([...states].map(([inode, { offset }]) => [inode, offset]));
      }
    },
  };
}

function* inTurn<T>(parts: readonly Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part;
}

/** All at once, so that no rotation comes between: what is open stays what it is. An actor's oldest first. */
function openLogs(folder: string, actors: readonly string[]): OpenLog[] {
  const names = namesIn(folder).flatMap((name) => {
    const parsed = parseLogFileName(name);
    return parsed === undefined ? [] : [{ name, ...parsed }];
  });
  const known = [...new Set(names.map(({ actor }) => actor))].sort();
  const missing = actors.filter((actor) => !known.includes(actor));
  if (missing.length > 0 || known.length === 0)
    throw new OperatingError(`no logs of ${missing[0] ?? 'any actor'}; known: ${known.join(', ')}`);
  const opened = new Map<number, OpenLog>();
  for (const { name, actor, number } of names) {
    if (actors.length > 0 && !actors.includes(actor)) continue;
    const fd = openIfThere(path.join(folder, name));
    if (fd === undefined) continue;
    const { ino: inode, size: sizeBytes, mtimeMs: writtenMs } = fstatSync(fd);
    // Renamed between the two: found under both of its names.
    if (opened.has(inode)) closeSync(fd);
    else opened.set(inode, { fd, inode, actor, number, sizeBytes, writtenMs });
  }
  return [...opened.values()].sort((a, b) => b.number - a.number);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT')
      throw new OperatingError(`no logs in ${folder}: has a kubactor run there?`);
    throw new OperatingError(`${folder}: ${(error as Error).message}`);
  }
}

/** Undefined: it was set aside, or removed, since its folder was listed. */
function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new OperatingError(`${file}: ${(error as Error).message}`);
  }
}
