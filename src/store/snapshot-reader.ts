import { failed, ok } from '../base/index.js';
import type { Disk, DiskFile, Result } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import type { SnapshotFileHead } from './snapshot-file.js';
import { SnapshotParser } from './snapshot-parser.js';
import { createStateRestorer } from './state-restorer.js';
import type { RestoredState } from './state-restorer.js';

/** Read at a time: all that is in memory of the file beside the part that it completes. */
const SLICE_BYTES = 256 * 1024;

type Progress = (bytesRead: number, bytes: number) => void;

export interface ReadSnapshot {
  readonly clusterId: bigint;
  readonly metadata: SnapshotMetadata;
  readonly bytes: number;
  readonly state: RestoredState;
}

/**
 * Reads a snapshot file once, from its begin to its end, and builds the state that it holds. Failed: why the file cannot be used.
 * `clusterId` undefined: of whatever cluster. `progress` is called after each slice.
 */
export function readSnapshotFile(
  disk: Disk,
  path: string,
  clusterId: bigint | undefined,
  progress: Progress = () => undefined,
): Result<ReadSnapshot, string> {
  const restorer = createStateRestorer();
  const parsed = parseFile(disk, path, clusterId, (chunk) => restorer.add(chunk), progress);
  if (!parsed.ok) return parsed;
  const { head, bytes } = parsed.value;
  const state = restorer.finish();
  return state.ok ? ok({ ...head, bytes, state: state.value }) : state;
}

/** Reads a snapshot file of whatever cluster once, and builds nothing. The bytes that it has; failed: why it cannot be used. */
export function checkSnapshotFile(disk: Disk, path: string): Result<number, string> {
  const parsed = parseFile(
    disk,
    path,
    undefined,
    () => ok(undefined),
    () => undefined,
  );
  return parsed.ok ? ok(parsed.value.bytes) : parsed;
}

interface ParsedFile {
  readonly head: SnapshotFileHead;
  readonly bytes: number;
}

function parseFile(
  disk: Disk,
  path: string,
  clusterId: bigint | undefined,
  take: (chunk: Uint8Array) => Result<void, string>,
  progress: Progress,
): Result<ParsedFile, string> {
  const file = disk.open(path, 'read');
  try {
    return parse(file, new SnapshotParser(clusterId), take, progress);
  } finally {
    file.close();
  }
}

function parse(
  file: DiskFile,
  parser: SnapshotParser,
  take: (chunk: Uint8Array) => Result<void, string>,
  progress: Progress,
): Result<ParsedFile, string> {
  const bytes = file.size();
  const slice = new Uint8Array(SLICE_BYTES);
  for (let position = 0; ; ) {
    const read = file.pread(slice, position);
    if (read === 0) break;
    position += read;
    const chunks = parser.push(slice.subarray(0, read));
    if (!chunks.ok) return chunks;
    for (const chunk of chunks.value) {
      const taken = take(chunk);
      if (!taken.ok) return taken;
    }
    progress(position, bytes);
  }
  const { head, missing } = parser;
  return missing === undefined && head !== undefined
    ? ok({ head, bytes })
    : failed(missing ?? 'it is empty');
}
