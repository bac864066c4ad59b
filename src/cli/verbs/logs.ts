import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  openSync,
  readSync,
  closeSync,
} from 'node:fs';
import path from 'node:path';
import { OperatingError, type DataFolder } from '../../daemon/index.js';
import { print } from '../output.js';

const FOLLOW_MS = 200;

export interface LogOptions {
  readonly actor: string | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

/** `kubactor logs [ACTOR] [-f]`: the actors' files merged by time. */
export async function logs(folder: DataFolder, options: LogOptions): Promise<number> {
  const format =
    options.json || !process.stdout.isTTY ? (line: string): string => line : await prettyFormat();
  const offsets = new Map<string, number>();
  for (const line of merged(folder, options.actor, offsets)) print(format(line));
  while (options.follow) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    for (const line of appended(folder, options.actor, offsets)) print(format(line));
  }
  return 0;
}

async function prettyFormat(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: process.env['NO_COLOR'] === undefined,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return (line) => pretty(line).trimEnd();
}

function filesOf(folder: DataFolder, actor: string | undefined): string[] {
  if (!existsSync(folder.logs))
    throw new OperatingError(`no logs in ${folder.logs}: has a kubactor run there?`);
  const files = readdirSync(folder.logs).filter((name) => /\.log(\.\d+)?$/.test(name));
  const wanted =
    actor === undefined ? files : files.filter((name) => name.startsWith(`${actor}.log`));
  if (wanted.length === 0)
    throw new OperatingError(
      `no logs of ${actor ?? 'any actor'}; known: ${[...new Set(files.map((name) => name.replace(/\.log.*/, '')))].join(', ')}`,
    );
  return wanted.map((name) => path.join(folder.logs, name));
}

function merged(
  folder: DataFolder,
  actor: string | undefined,
  offsets: Map<string, number>,
): string[] {
  const lines = filesOf(folder, actor).flatMap((file) => {
    const text = readFileSync(file);
    offsets.set(file, text.byteLength);
    return text
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  });
  return byTime(lines);
}

function appended(
  folder: DataFolder,
  actor: string | undefined,
  offsets: Map<string, number>,
): string[] {
  const lines = filesOf(folder, actor).flatMap((file) => {
    const size = statSync(file).size;
    const offset = offsets.get(file) ?? 0;
    const from = size < offset ? 0 : offset; // it was rotated
    if (size === from) return [];
    const buffer = Buffer.alloc(size - from);
    const handle = openSync(file, 'r');
    readSync(handle, buffer, 0, buffer.byteLength, from);
    closeSync(handle);
    const whole = buffer.lastIndexOf(10) + 1; // a line still being written waits for its end
    offsets.set(file, from + whole);
    return buffer
      .subarray(0, whole)
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  });
  return byTime(lines);
}

function byTime(lines: string[]): string[] {
  return lines
    .map((line) => ({ line, time: /"time":"?([^",}]+)/.exec(line)?.[1] ?? '' }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ line }) => line);
}
