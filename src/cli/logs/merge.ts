import type { LogRecord } from './log-record.js';

/**
 * Logs as one, by time, with one record of each in memory. Each log keeps its own order, also where the clock went back in
 * it.
 */
export function* mergeByTime(logs: readonly Iterator<LogRecord>[]): Generator<LogRecord> {
  const heads = logs.flatMap((log) => {
    const first = log.next();
    return first.done === true ? [] : [{ log, record: first.value }];
  });
  while (heads.length > 0) {
    let earliest = 0;
    for (let i = 1; i < heads.length; i++) {
      if ((heads[i]?.record.time ?? '') < (heads[earliest]?.record.time ?? '')) earliest = i;
    }
    const head = heads[earliest];
    if (head === undefined) return;
    yield head.record;
    const next = head.log.next();
    if (next.done === true) heads.splice(earliest, 1);
    else head.record = next.value;
  }
}
