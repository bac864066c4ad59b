import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Node loads it before a process's own code, and so does each of its worker threads. What the file names then fails with EIO, as on
 * a disk that dies: the calls it lists, on files of the folder it names.
 */
const PRELOADED = `
const fs = require('node:fs');
const threads = require('node:worker_threads');
const paths = new Map();
const broken = (fd, call) => {
  let told;
  try {
    told = JSON.parse(fs.readFileSync(process.env.FAILING_DISK_FILE, 'utf8'));
  } catch {
    return;
  }
  const file = paths.get(fd);
  if (!told.calls.includes(call) || !file?.startsWith(told.folder)) return;
  throw Object.assign(new Error('EIO: i/o error, ' + call), { code: 'EIO', errno: -5, syscall: call });
};
if (threads.isMainThread) {
  const RealWorker = threads.Worker;
  threads.Worker = class Worker extends RealWorker {
    constructor(file, options = {}) {
      super(file, { ...options, execArgv: ['--require', __filename] });
    }
  };
} else {
  const { openSync } = fs;
  fs.openSync = (file, ...rest) => {
    const fd = openSync(file, ...rest);
    paths.set(fd, String(file));
    return fd;
  };
  const calls = { readSync: 'read', writevSync: 'write', fdatasyncSync: 'fdatasync', fsyncSync: 'fsync' };
  for (const [name, call] of Object.entries(calls)) {
    const real = fs[name];
    fs[name] = (fd, ...rest) => {
      broken(fd, call);
      return real(fd, ...rest);
    };
  }
}
require('node:module').syncBuiltinESMExports();
`;

export type DiskCall = 'read' | 'write' | 'fdatasync' | 'fsync';

export interface FailingDisk {
  /** For the processes whose disk it is. */
  readonly environment: { readonly NODE_OPTIONS: string; readonly FAILING_DISK_FILE: string };
  /** From now on these calls fail on files below the folder, and no others. */
  fail(folder: string, calls: readonly DiskCall[]): void;
  mend(): void;
}

/** A disk that fails when the test says so, for processes of its own. */
export function failingDisk(home: string): FailingDisk {
  const preloaded = path.join(home, 'failing-disk.cjs');
  const told = path.join(home, 'failing-disk.json');
  writeFileSync(preloaded, PRELOADED);
  return {
    environment: { NODE_OPTIONS: `--require ${preloaded}`, FAILING_DISK_FILE: told },
    fail(folder, calls) {
      writeFileSync(`${told}.new`, JSON.stringify({ folder: folder + path.sep, calls }));
      renameSync(`${told}.new`, told);
    },
    mend() {
      rmSync(told, { force: true });
    },
  };
}
