import fs from 'node:fs';
import { DiskError } from '../../base/index.js';
import type { Disk, DiskFile, DiskSpace, OpenMode } from '../../base/index.js';

/** Runs a blocking sync; its host may note meanwhile that the thread waits for a disk. */
export type AroundSync = (sync: () => void) => void;

/** The real disk, by blocking calls (docs/decisions/0003). What the system refuses is thrown as `DiskError`. */
export function nodeDisk(
  aroundSync: AroundSync = (sync) => {
    sync();
  },
): Disk {
  return {
    open: (path, mode) => openFile(path, mode, aroundSync),
    list: (folder) => guarded(folder, () => fs.readdirSync(folder).sort()),
    exists: (path) => fs.existsSync(path),
    makeFolder: (folder) => {
      guarded(folder, () => fs.mkdirSync(folder, { recursive: true, mode: 0o700 }));
    },
    rename: (from, to) => {
      guarded(from, () => {
        fs.renameSync(from, to);
      });
    },
    remove: (path) => {
      guarded(path, () => {
        fs.unlinkSync(path);
      });
    },
    syncFolder: (folder) => {
      guarded(folder, () => {
        syncFolder(folder);
      });
    },
    space: (folder) => guarded(folder, () => spaceOf(folder)),
  };
}

const FLAGS: Readonly<Record<OpenMode, string>> = { read: 'r', write: 'r+', create: 'wx+' };

function openFile(path: string, mode: OpenMode, aroundSync: AroundSync): DiskFile {
  const fd = guarded(path, () => fs.openSync(path, FLAGS[mode], 0o600));
  return {
    size: () => guarded(path, () => fs.fstatSync(fd).size),
    pread: (buffer, position) => guarded(path, () => readAll(fd, buffer, position)),
    pwritev: (buffers, position) => {
      guarded(path, () => {
        writeAll(fd, buffers, position);
      });
    },
    truncate: (size) => {
      guarded(path, () => {
        fs.ftruncateSync(fd, size);
      });
    },
    datasync: () => {
      guarded(path, () => {
        aroundSync(() => {
          fs.fdatasyncSync(fd);
        });
      });
    },
    close: () => {
      guarded(path, () => {
        fs.closeSync(fd);
      });
    },
  };
}

function readAll(fd: number, buffer: Uint8Array, position: number): number {
  let done = 0;
  while (done < buffer.length) {
    const count = fs.readSync(fd, buffer, done, buffer.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** The system may write less than it was given; the rest follows. */
function writeAll(fd: number, buffers: readonly Uint8Array[], position: number): void {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  let done = fs.writevSync(fd, buffers, position);
  while (done < total) {
    const rest = dropBytes(buffers, done);
    done += fs.writevSync(fd, rest, position + done);
  }
}

function dropBytes(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = count;
  for (const buffer of buffers) {
    if (skip < buffer.length) rest.push(buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.length);
  }
  return rest;
}

function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function spaceOf(folder: string): DiskSpace {
  const { blocks, bavail, bsize } = fs.statfsSync(folder);
  // A tmpfs without a limit, and some of FUSE, have no blocks at all.
  return { freeBytes: blocks === 0 ? Infinity : bavail * bsize, readOnly: isReadOnly(folder) };
}

/** Root too is told so. */
function isReadOnly(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}

function guarded<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    throw new DiskError(code, path, error instanceof Error ? error.message : String(error));
  }
}
