import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Node loads it before a process's own code, and so does each of its worker threads. `Date` then tells the time by a file that says
 * how many milliseconds it is off; what is monotonic is as it is.
 */
const PRELOADED = `
const fs = require('node:fs');
const threads = require('node:worker_threads');
const { performance } = require('node:perf_hooks');
const RealDate = Date;
const LOOK_MS = 10;
let [offsetMs, lookedMs] = [0, -Infinity];
const nowMs = () => {
  if (performance.now() - lookedMs > LOOK_MS) {
    lookedMs = performance.now();
    offsetMs = Number(fs.readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8'));
  }
  return RealDate.now() + offsetMs;
};
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(nowMs());
    else super(...given);
  }
  static now() {
    return nowMs();
  }
  static [Symbol.hasInstance](value) {
    return RealDate.prototype.isPrototypeOf(value);
  }
};
if (threads.isMainThread) {
  const RealWorker = threads.Worker;
  threads.Worker = class Worker extends RealWorker {
    constructor(file, options = {}) {
      super(file, { ...options, execArgv: ['--require', __filename] });
    }
  };
  require('node:module').syncBuiltinESMExports();
}
`;

export interface JumpingClock {
  /** For the processes that are to go by it. */
  readonly environment: { readonly NODE_OPTIONS: string; readonly CLOCK_OFFSET_FILE: string };
  /** The wall clock is so far off from now on. */
  set(offsetMs: number): void;
}

/** A wall clock that the test sets, for processes of its own; the machine's stays as it is. */
export function jumpingClock(folder: string): JumpingClock {
  const preloaded = path.join(folder, 'jumping-clock.cjs');
  const offset = path.join(folder, 'clock-offset');
  writeFileSync(preloaded, PRELOADED);
  const set = (offsetMs: number): void => {
    writeFileSync(`${offset}.new`, String(offsetMs));
    renameSync(`${offset}.new`, offset);
  };
  set(0);
  return {
    environment: { NODE_OPTIONS: `--require ${preloaded}`, CLOCK_OFFSET_FILE: offset },
    set,
  };
}
