import { readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;
/** What is longer is no log line. */
const LINE_BYTES_MAX = 1024 * 1024;
/** So much is handed on of a line that is too long: enough to see that it is none. */
const OVERLONG_BYTES = 80;

/** Where a scan stands: `offset` is the first byte that it has not handed on. */
export interface ScanState {
  offset: number;
}

/**
 * The lines of a file from `state.offset` to `end`, a chunk in memory at a time. A last line without its end stays for the
 * next scan, unless `withTorn`.
 */
export function* scanLines(
  fd: number,
  state: ScanState,
  end: number,
  withTorn: boolean,
): Generator<string> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let at = state.offset;
  const take = (rest: Buffer): string => {
    const line = Buffer.concat([...pending, rest]);
    pending = [];
    pendingBytes = 0;
    return line.toString('utf8', 0, line.length > LINE_BYTES_MAX ? OVERLONG_BYTES : line.length);
  };
  while (at < end) {
    const got = readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
    if (got === 0) break;
    let from = 0;
    for (;;) {
      const newline = chunk.subarray(0, got).indexOf(0x0a, from);
      if (newline < 0) break;
      const line = take(chunk.subarray(from, newline));
      from = newline + 1;
      state.offset = at + from;
      if (line !== '') yield line;
    }
    at += got;
    const rest = chunk.subarray(from, got);
    // Of a line that is too long only its beginning is kept.
    if (pendingBytes <= LINE_BYTES_MAX) pending.push(Buffer.from(rest));
    pendingBytes += rest.length;
  }
  if (!withTorn || pendingBytes === 0) return;
  state.offset = at;
  yield take(Buffer.alloc(0));
}
