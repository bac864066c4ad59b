import type { Clock, Disk, DiskFile } from '../base/index.js';

export type DiskCall = 'write' | 'sync';

export interface DiskTiming {
  readonly call: DiskCall;
  readonly path: string;
  readonly fromMs: number;
  readonly ms: number;
}

export interface TimedDiskOptions {
  readonly clock: Clock;
  readonly timed: (timing: DiskTiming) => void;
  /** Runs within each sync, and counts as a part of it: chaos makes the disk slow here. */
  readonly beforeSync: () => void;
}

/** The same disk, each of whose calls that may block for long tells how long it did. */
export function timedDisk(disk: Disk, options: TimedDiskOptions): Disk {
  const time = (call: DiskCall, path: string, work: () => void): void => {
    const fromMs = options.clock.monotonicMs();
    try {
      if (call === 'sync') options.beforeSync();
      work();
    } finally {
      options.timed({ call, path, fromMs, ms: options.clock.monotonicMs() - fromMs });
    }
  };
  return {
    open: (path, mode) => timedFile(disk.open(path, mode), path, time),
    list: (folder) => disk.list(folder),
    exists: (path) => disk.exists(path),
    makeFolder: (folder) => {
      disk.makeFolder(folder);
    },
    rename: (from, to) => {
      disk.rename(from, to);
    },
    remove: (path) => {
      disk.remove(path);
    },
    syncFolder: (folder) => {
      time('sync', folder, () => {
        disk.syncFolder(folder);
      });
    },
    space: (folder) => disk.space(folder),
  };
}

function timedFile(
  file: DiskFile,
  path: string,
  time: (call: DiskCall, path: string, work: () => void) => void,
): DiskFile {
  return {
    size: () => file.size(),
    pread: (buffer, position) => file.pread(buffer, position),
    pwritev: (buffers, position) => {
      time('write', path, () => {
        file.pwritev(buffers, position);
      });
    },
    truncate: (size) => {
      file.truncate(size);
    },
    datasync: () => {
      time('sync', path, () => {
        file.datasync();
      });
    },
    close: () => {
      file.close();
    },
  };
}
