import type { DataFolder } from '../../daemon/index.js';
import { logReader } from '../log-files.js';
import { print } from '../output.js';

const FOLLOW_MS = 200;

export interface LogOptions {
  readonly actor: string | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

/** `kubactor logs [ACTOR] [-f]`: the actors' files merged by time. */
export async function logs(folder: DataFolder, options: LogOptions): Promise<number> {
  const { actor, follow, json } = options;
  const format =
    json || !process.stdout.isTTY ? (line: string): string => line : await prettyFormat();
  const reader = logReader(folder.logs, actor);
  for (const line of reader.read({ withTorn: !follow })) print(format(line));
  while (follow) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    for (const line of reader.read()) print(format(line));
  }
  return 0;
}

/** Coloured, unless NO_COLOR is set and not empty (no-color.org). */
async function prettyFormat(): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: (process.env['NO_COLOR'] ?? '') === '',
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return (line) => pretty(line).trimEnd();
}
