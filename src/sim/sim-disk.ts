import { assert, DiskError, randomChance } from '../base/index.js';
import type { Disk, DiskFile, OpenMode, Random } from '../base/index.js';
import { emptyFile, grow, makeDurable, SECTOR_BYTES, tear } from './sim-file.js';
import type { SimFile } from './sim-file.js';

/** Thrown by a disk whose machine loses its power within a call: the actor that made the call is dead. */
export class PowerLoss extends Error {
  override readonly name = 'PowerLoss';
}

export interface SimDiskFaults {
  /** The power fails within the n-th changing call from now (1: the next one). 0: it does not. */
  powerLossAfterCalls: number;
  /** The next n syncs fail with EIO. */
  failingSyncs: number;
  /** The next n writes fail with ENOSPC, and write nothing. */
  failingWrites: number;
  /** It says that nothing is free, and what would make a file larger fails with ENOSPC. */
  full: boolean;
  /** It says so, and whatever would change it fails with EROFS. */
  readOnly: boolean;
  /** Virtual milliseconds that each sync takes. */
  syncMs: number;
}

/** A disk in memory that knows what of it is durable. */
export interface SimDisk extends Disk {
  readonly faults: SimDiskFaults;
  /** Everything that was not synced is gone, there in part, or there: drawn sector by sector. Open files are dead. */
  crash(): void;
  /** Only the process died: what was written is all there. Open files are dead. */
  reopen(): void;
  /** Flips one bit of what is durable. False: there is nothing in that range. */
  flipBit(path: string, byte: number, bit: number): boolean;
  /** As if the write that made a sector had gone to another place of the file: there it is, and where it belongs are zeros. */
  misdirect(path: string, fromSector: number, toSector: number): void;
  /** Every file, in order of name, with its size. */
  files(): readonly { readonly path: string; readonly bytes: number }[];
  readonly counts: { syncs: number; tornSectors: number; droppedBytes: number };
}

export interface SimDiskPorts {
  readonly random: Random;
  /** Charges the actor with time that a call took. */
  readonly charge: (ms: number) => void;
}

/** Names become durable by `syncFolder`, contents by `datasync`. A rename that is not yet durable may be lost. */
export function createSimDisk(ports: SimDiskPorts): SimDisk {
  let names = new Map<string, SimFile>();
  let durableNames = new Map<string, SimFile>();
  const folders = new Set<string>();
  let life = 0;
  const counts = { syncs: 0, tornSectors: 0, droppedBytes: 0 };
  const faults: SimDiskFaults = {
    powerLossAfterCalls: 0,
    failingSyncs: 0,
    failingWrites: 0,
    full: false,
    readOnly: false,
    syncMs: 0,
  };

  const refuseIfReadOnly = (): void => {
    if (faults.readOnly) throw new DiskError('EROFS', '', 'EROFS: read-only file system');
  };

  const changing = (partial: () => void, whole: () => void): void => {
    refuseIfReadOnly();
    if (faults.powerLossAfterCalls > 0) {
      faults.powerLossAfterCalls--;
      if (faults.powerLossAfterCalls === 0) {
        partial();
        life++;
        throw new PowerLoss('the power failed');
      }
    }
    whole();
  };
  const nothing = (): void => undefined;

  const handle = (file: SimFile, path: string, mode: OpenMode): DiskFile => {
    const opened = life;
    const alive = (): void => {
      if (opened !== life) throw new PowerLoss(`the file was open in another life: ${path}`);
    };
    const write = (buffers: readonly Uint8Array[], position: number): void => {
      let at = position;
      for (const buffer of buffers) {
        grow(file, at + buffer.length);
        file.live.set(buffer, at);
        at += buffer.length;
      }
      if (at > position) file.dirty.push({ from: position, to: at });
    };
    return {
      size: () => {
        alive();
        return file.liveSize;
      },
      pread: (buffer, position) => {
        alive();
        const part = file.live.subarray(
          position,
          Math.min(file.liveSize, position + buffer.length),
        );
        buffer.set(part);
        return part.length;
      },
      pwritev: (buffers, position) => {
        alive();
        assert(mode !== 'read', 'the file is open for writing');
        const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
        const fails = faults.failingWrites > 0;
        if (fails) faults.failingWrites--;
        if (fails || (faults.full && position + bytes > file.liveSize)) {
          throw new DiskError('ENOSPC', path, `ENOSPC: no space left on device, write '${path}'`);
        }
        changing(
          () => {
            write(buffers, position);
          },
          () => {
            write(buffers, position);
          },
        );
      },
      truncate: (size) => {
        alive();
        changing(nothing, () => {
          grow(file, size);
          file.live.fill(0, size);
          file.dirty.push({
            from: Math.min(size, file.liveSize),
            to: Math.max(size, file.liveSize),
          });
          file.liveSize = size;
        });
      },
      datasync: () => {
        alive();
        counts.syncs++;
        ports.charge(faults.syncMs);
        if (faults.failingSyncs > 0) {
          faults.failingSyncs--;
          throw new DiskError('EIO', path, `EIO: i/o error, fdatasync '${path}'`);
        }
        changing(nothing, () => {
          makeDurable(file);
        });
      },
      close: nothing,
    };
  };

  const missing = (path: string): never => {
    throw new DiskError('ENOENT', path, `ENOENT: no such file or directory, '${path}'`);
  };
  const inFolder = (path: string, folder: string): boolean =>
    path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');

  return {
    faults,
    counts,
    open: (path, mode) => {
      const existing = names.get(path);
      if (mode !== 'read') refuseIfReadOnly();
      if (mode === 'create') {
        if (existing !== undefined)
          throw new DiskError('EEXIST', path, `EEXIST: file already exists, '${path}'`);
        const file = emptyFile();
        changing(nothing, () => names.set(path, file));
        return handle(file, path, mode);
      }
      return existing === undefined ? missing(path) : handle(existing, path, mode);
    },
    list: (folder) => {
      if (!folders.has(folder)) return missing(folder);
      return [...names.keys()]
        .filter((path) => inFolder(path, folder))
        .map((path) => path.slice(folder.length + 1))
        .sort();
    },
    exists: (path) => names.has(path) || folders.has(path),
    makeFolder: (folder) => {
      folders.add(folder);
    },
    rename: (from, to) => {
      const file = names.get(from);
      if (file === undefined) return missing(from);
      changing(nothing, () => {
        names.delete(from);
        names.set(to, file);
      });
    },
    remove: (path) => {
      if (!names.has(path)) missing(path);
      changing(nothing, () => names.delete(path));
    },
    syncFolder: (folder) => {
      changing(nothing, () => {
        for (const path of [...durableNames.keys()])
          if (inFolder(path, folder)) durableNames.delete(path);
        for (const [path, file] of names) if (inFolder(path, folder)) durableNames.set(path, file);
      });
    },
    space: () => ({ freeBytes: faults.full ? 0 : Infinity, readOnly: faults.readOnly }),
    crash: () => {
      life++;
      // Folder changes are kept or lost as a whole, which a journaling file system does too.
      if (randomChance(ports.random, 0.5)) names = new Map(durableNames);
      for (const file of new Set([...names.values(), ...durableNames.values()]))
        tear(file, ports.random, counts);
      durableNames = new Map(names);
    },
    reopen: () => {
      life++;
    },
    flipBit: (path, byte, bit) => {
      const file = names.get(path);
      if (file === undefined || byte >= file.liveSize) return false;
      file.live[byte] = (file.live[byte] ?? 0) ^ (1 << bit);
      if (byte < file.durableSize) file.durable[byte] = (file.durable[byte] ?? 0) ^ (1 << bit);
      return true;
    },
    misdirect: (path, fromSector, toSector) => {
      const file = names.get(path);
      assert(file !== undefined, `${path} is there`);
      const [from, to] = [fromSector * SECTOR_BYTES, toSector * SECTOR_BYTES];
      for (const bytes of [file.live, file.durable]) {
        bytes.copyWithin(to, from, from + SECTOR_BYTES);
        bytes.fill(0, from, from + SECTOR_BYTES);
      }
    },
    files: () =>
      [...names]
        .map(([path, file]) => ({ path, bytes: file.liveSize }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
