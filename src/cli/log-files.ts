import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { errorCode, OperatingError } from '../daemon/index.js';

/** `api-server.log` is written to; `api-server.1.log` was, before it was set aside. */
const LOG_FILE = /^(.*?)(?:\.\d+)?\.log$/;

/** Reads the log files of a folder, each line once. */
export interface LogReader {
  /**
   * The whole lines that have come since the last call, of all files together, by their time. A line without its end is
   * still being written and waits, unless `withTorn`.
   */
  read(options?: { readonly withTorn?: boolean }): string[];
}

/** `actor` undefined: those of all. Throws an `OperatingError` where there are none. */
export function logReader(folder: string, actor: string | undefined): LogReader {
  /** How much of each file has been read. By inode, since a rotation renames the files. */
  let offsets = new Map<number, number>();
  /** The same a round before: a file that is renamed while the folder is listed may be missed for one round. */
  let before = new Map<number, number>();
  return {
    read({ withTorn = false } = {}) {
      const next = new Map<number, number>();
      const lines = filesOf(folder, actor).flatMap((file) => {
        const found = readFrom(file, new Map([...before, ...offsets]), withTorn);
        if (found !== undefined) next.set(found.inode, found.offset);
        return found?.lines ?? [];
      });
      before = offsets;
      offsets = next;
      return byTime(lines);
    },
  };
}

function filesOf(folder: string, actor: string | undefined): string[] {
  if (!existsSync(folder))
    throw new OperatingError(`no logs in ${folder}: has a kubactor run there?`);
  const files = readdirSync(folder).flatMap((name) => {
    const owner = LOG_FILE.exec(name)?.[1];
    return owner === undefined ? [] : [{ name, owner }];
  });
  const wanted = files.filter(({ owner }) => actor === undefined || owner === actor);
  if (wanted.length === 0)
    throw new OperatingError(
      `no logs of ${actor ?? 'any actor'}; known: ${[...new Set(files.map(({ owner }) => owner))].sort().join(', ')}`,
    );
  return wanted.map(({ name }) => path.join(folder, name));
}

interface Found {
  readonly inode: number;
  readonly offset: number;
  readonly lines: readonly string[];
}

/** Undefined: the file was set aside, or removed, since its folder was listed. */
function readFrom(
  file: string,
  offsets: ReadonlyMap<number, number>,
  withTorn: boolean,
): Found | undefined {
  const handle = openIfThere(file);
  if (handle === undefined) return undefined;
  try {
    const { ino: inode, size } = fstatSync(handle);
    const known = offsets.get(inode) ?? 0;
    // A smaller file is another one, to which the inode of a removed one was given.
    const from = size < known ? 0 : known;
    const buffer = Buffer.alloc(size - from);
    const got = readSync(handle, buffer, 0, buffer.byteLength, from);
    const length = withTorn ? got : buffer.subarray(0, got).lastIndexOf(0x0a) + 1;
    const lines = buffer
      .subarray(0, length)
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    return { inode, offset: from + length, lines };
  } finally {
    closeSync(handle);
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new OperatingError(`${file}: ${(error as Error).message}`);
  }
}

function byTime(lines: readonly string[]): string[] {
  return lines
    .map((line) => ({ line, time: /"time":"?([^",}]+)/.exec(line)?.[1] ?? '' }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ line }) => line);
}
