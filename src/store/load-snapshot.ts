import type { Clock, Disk, Log } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import type { SnapshotFolder, SnapshotName } from './snapshot-folder.js';
import { readSnapshotFile } from './snapshot-reader.js';
import type { StateMachine } from './state-machine.js';

/** So often a load that takes long says how far it has come. */
const TELL_MS = 1000;
const MIB = 1024 * 1024;

export interface LoadPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
}

/** Puts the newest snapshot that is whole into the machine. Others are removed, and the log says why. */
export function loadNewestSnapshot(
  ports: LoadPorts,
  snapshots: SnapshotFolder,
  clusterId: bigint,
  machine: StateMachine,
): SnapshotMetadata | undefined {
  const { disk, log } = ports;
  for (const file of snapshots.list()) {
    const read = readSnapshotFile(disk, file.path, clusterId, progressTeller(ports, file));
    if (read.ok) {
      machine.install(read.value.state);
      return read.value.metadata;
    }
    log.error('a snapshot cannot be used', { file: file.path, reason: read.error });
    disk.remove(file.path);
  }
  return undefined;
}

function progressTeller(
  { clock, log }: LoadPorts,
  { path }: SnapshotName,
): (bytesRead: number, bytes: number) => void {
  const beganMs = clock.monotonicMs();
  let toldMs = beganMs;
  return (bytesRead, bytes) => {
    const nowMs = clock.monotonicMs();
    const loaded = bytesRead === bytes && toldMs > beganMs;
    if (!loaded && nowMs - toldMs < TELL_MS) return;
    toldMs = nowMs;
    log.info(loaded ? 'the snapshot is loaded' : 'loading a snapshot', {
      file: path,
      readMib: Math.round(bytesRead / MIB),
      ofMib: Math.round(bytes / MIB),
      tookMs: Math.round(nowMs - beganMs),
    });
  };
}
