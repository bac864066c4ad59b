import { failed, ok } from '../base/index.js';
import type { Disk, DiskFile, Result } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { SnapshotParser } from './snapshot-parser.js';
import { createStateRestorer } from './state-restorer.js';
import type { RestoredState } from './state-restorer.js';

/** Read at a time: all that is in memory of the file beside the part that it completes. */
const SLICE_BYTES = 256 * 1024;

export interface ReadSnapshot {
  readonly metadata: SnapshotMetadata;
  readonly state: RestoredState;
}

/**
 * Reads a snapshot file once, from its begin to its end, and builds the state that it holds. Failed: why the file cannot be used.
 * `progress` is called after each slice.
 */
export function readSnapshotFile(
  disk: Disk,
  path: string,
  clusterId: bigint,
  progress: (bytesRead: number, bytes: number) => void = () => undefined,
): Result<ReadSnapshot, string> {
  const file = disk.open(path, 'read');
  try {
    return readFrom(file, clusterId, progress);
  } finally {
    file.close();
  }
}

function readFrom(
  file: DiskFile,
  clusterId: bigint,
  progress: (bytesRead: number, bytes: number) => void,
): Result<ReadSnapshot, string> {
  const parser = new SnapshotParser(clusterId);
  const restorer = createStateRestorer();
  const bytes = file.size();
  const slice = new Uint8Array(SLICE_BYTES);
  for (let position = 0; ; ) {
    const read = file.pread(slice, position);
    if (read === 0) break;
    position += read;
    const chunks = parser.push(slice.subarray(0, read));
    if (!chunks.ok) return chunks;
    for (const chunk of chunks.value) {
      const added = restorer.add(chunk);
      if (!added.ok) return added;
    }
    progress(position, bytes);
  }
  const { head, missing } = parser;
  if (missing !== undefined || head === undefined) return failed(missing ?? 'it is empty');
  const state = restorer.finish();
  return state.ok ? ok({ metadata: head.metadata, state: state.value }) : state;
}
