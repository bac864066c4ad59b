import type { Disk, DiskFile } from '../../src/base/index.js';

export interface DiskTime {
  /** The longest single call, and which one it was (`datasync`, `pwritev`, `remove`, …). */
  readonly longestMs: number;
  readonly longest: string;
  /** All calls of one turn of the event loop, where that was longest. */
  readonly turnMs: number;
}

/** A disk that also measures how long its blocking calls take. */
export class TimedDisk implements Disk {
  readonly #disk: Disk;
  #longest = { ms: 0, call: '' };
  #turnMs = 0;
  #longestTurnMs = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Since the last `reset`. */
  get time(): DiskTime {
    const { ms, call } = this.#longest;
    return { longestMs: ms, longest: call, turnMs: this.#longestTurnMs };
  }

  reset(): void {
    this.#longest = { ms: 0, call: '' };
    this.#longestTurnMs = 0;
  }

  open: Disk['open'] = (path, mode) =>
    this.#file(this.#take('open', () => this.#disk.open(path, mode)));
  list: Disk['list'] = (folder) => this.#take('list', () => this.#disk.list(folder));
  exists: Disk['exists'] = (path) => this.#take('exists', () => this.#disk.exists(path));
  makeFolder: Disk['makeFolder'] = (folder) =>
    this.#take('makeFolder', () => this.#disk.makeFolder(folder));
  rename: Disk['rename'] = (from, to) => this.#take('rename', () => this.#disk.rename(from, to));
  remove: Disk['remove'] = (path) => this.#take('remove', () => this.#disk.remove(path));
  syncFolder: Disk['syncFolder'] = (folder) =>
    this.#take('syncFolder', () => this.#disk.syncFolder(folder));
  space: Disk['space'] = (folder) => this.#take('space', () => this.#disk.space(folder));

  #file(file: DiskFile): DiskFile {
    return {
      size: () => this.#take('size', () => file.size()),
      pread: (buffer, position) => this.#take('pread', () => file.pread(buffer, position)),
      pwritev: (buffers, position) => this.#take('pwritev', () => file.pwritev(buffers, position)),
      truncate: (size) => this.#take('truncate', () => file.truncate(size)),
      datasync: () => this.#take('datasync', () => file.datasync()),
      close: () => this.#take('close', () => file.close()),
    };
  }

  #take<T>(call: string, work: () => T): T {
    const beganMs = performance.now();
    try {
      return work();
    } finally {
      this.#took(call, performance.now() - beganMs);
    }
  }

  #took(call: string, ms: number): void {
    if (ms > this.#longest.ms) this.#longest = { ms, call };
    if (this.#turnMs === 0)
      setImmediate(() => {
        this.#turnMs = 0;
      });
    this.#turnMs += ms;
    this.#longestTurnMs = Math.max(this.#longestTurnMs, this.#turnMs);
  }
}
