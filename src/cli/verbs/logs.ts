import { RingBuffer } from '../../base/index.js';
import type { DataFolder } from '../../daemon/index.js';
import { logReader } from '../logs/log-reader.js';
import { type LogFilter, type LogRecord, matches } from '../logs/log-record.js';
import { complain, print } from '../output.js';

const FOLLOW_MS = 200;

export interface LogOptions {
  /** Empty: all. */
  readonly actors: readonly string[];
  readonly filter: LogFilter;
  /** The last so many only. Undefined: all. */
  readonly lines: number | undefined;
  readonly follow: boolean;
  /** Undefined: for people on a terminal, else JSON. */
  readonly format: 'json' | 'text' | undefined;
}

/** `kubactor logs [ACTOR…]`: the actors' files, those that were set aside too, merged by time. */
export async function logs(folder: DataFolder, options: LogOptions): Promise<number> {
  const { actors, filter, follow, lines } = options;
  const show = await formatOf(options);
  const reader = logReader(folder.logs, actors);
  let told = 0;
  const tellSkipped = (): void => {
    const skipped = reader.skippedLines - told;
    told = reader.skippedLines;
    if (skipped > 0)
      complain(
        `${String(skipped)} ${skipped === 1 ? 'line was' : 'lines were'} skipped: torn, or no log line`,
      );
  };
  const sinceMs = filter.since === undefined ? undefined : Date.parse(filter.since);
  const first = wanted(reader.read({ withTorn: !follow, sinceMs }), filter);
  for (const { line } of lines === undefined ? first : lastOf(first, lines)) print(show(line));
  tellSkipped();
  while (follow) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    for (const { line } of wanted(reader.read(), filter)) print(show(line));
    tellSkipped();
  }
  return 0;
}

function* wanted(records: Iterable<LogRecord>, filter: LogFilter): Generator<LogRecord> {
  for (const record of records) if (matches(record, filter)) yield record;
}

function lastOf(records: Iterable<LogRecord>, count: number): Iterable<LogRecord> {
  const last = new RingBuffer<LogRecord>(count);
  for (const record of records) last.pushDroppingOldest(record);
  return last;
}

async function formatOf({ format }: LogOptions): Promise<(line: string) => string> {
  if (format === 'json' || (format === undefined && !process.stdout.isTTY)) return (line) => line;
  const { prettyFormat } = await import('../logs/pretty.js');
  return prettyFormat(process.env);
}
