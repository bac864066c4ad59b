import fs from 'node:fs';
import path from 'node:path';

/** How much of an actor's log is kept. All of it together: `filesMax` files of `bytesMax`. */
export interface LogKeeping {
  /** A file beyond this is set aside; a line is never split. */
  readonly bytesMax: number;
  /** So is one whose first line is older than this. */
  readonly ageMsMax: number;
  /** Files kept in all, the current one included. */
  readonly filesMax: number;
}

export const DEFAULT_LOG_KEEPING: LogKeeping = {
  bytesMax: 8 * 2 ** 20,
  ageMsMax: 7 * 86_400_000,
  filesMax: 3,
};

/** So often it looks whether its file is still there. */
const LOOK_MS = 1000;

export interface RotatingFileOptions extends LogKeeping {
  readonly path: string;
  readonly wallMs: () => number;
  /** The line, without its newline, that says how many were lost once the disk takes writes again. */
  readonly lostNotice: (lines: number) => string;
  /** Called with each line that is lost, and with 0 once that has been written down. */
  readonly onLost?: ((lines: number) => void) | undefined;
}

/**
 * A file that lines are appended to by blocking writes, so that none is lost when the thread dies, and that is bounded in
 * size and age: `x.log` becomes `x.1.log`, which becomes `x.2.log`. What the disk refuses is dropped and counted, as a full
 * disk, or a folder that cannot be written, must not crash an actor; the count is written as a line of its own once it takes
 * writes again. Where the file or its folder was removed, it begins them anew.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #fd: number | undefined;
  #bytes = 0;
  /** When its first line was written. */
  #begunMs = 0;
  /** A write was cut short: what follows needs a new line. */
  #torn = false;
  #lostLines = 0;
  #lookedMs = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#attempt(() => {
      this.#open();
    });
  }

  /** One line, with its newline. */
  write(line: string): void {
    if (this.#lostLines > 0) {
      if (!this.#append(`${this.#options.lostNotice(this.#lostLines)}\n`)) {
        this.#setLost(this.#lostLines + 1);
        return;
      }
      this.#setLost(0);
    }
    if (!this.#append(line)) this.#setLost(this.#lostLines + 1);
  }

  #setLost(lines: number): void {
    this.#lostLines = lines;
    this.#options.onLost?.(lines);
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: string): boolean {
    return this.#attempt(() => {
      const bytes = Buffer.from(line);
      this.#dropRemoved();
      if (this.#fd === undefined) this.#open();
      if (this.#isFull(bytes.length)) this.#rotate();
      if (this.#torn) this.#writeAll(Buffer.from('\n'));
      this.#torn = true;
      this.#writeAll(bytes);
      this.#torn = false;
    });
  }

  /** What is written to a removed file nobody ever reads. */
  #dropRemoved(): void {
    const nowMs = this.#options.wallMs();
    // A clock that was set back is no reason to look no more.
    if (this.#fd === undefined || Math.abs(nowMs - this.#lookedMs) < LOOK_MS) return;
    this.#lookedMs = nowMs;
    if (fs.fstatSync(this.#fd).nlink === 0) this.close();
  }

  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  }

  #writeAll(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      const written = fs.writeSync(this.#fd ?? -1, bytes, done);
      done += written;
      this.#bytes += written;
    }
  }

  #isFull(lineBytes: number): boolean {
    const { bytesMax, ageMsMax, wallMs } = this.#options;
    if (this.#bytes === 0) return false;
    return this.#bytes + lineBytes > bytesMax || wallMs() - this.#begunMs > ageMsMax;
  }

  #open(): void {
    const { path: file, wallMs } = this.#options;
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const fd = fs.openSync(file, 'a+', 0o600);
    this.#fd = fd;
    this.#bytes = fs.fstatSync(fd).size;
    this.#begunMs = Math.min(firstLineMs(fd) ?? wallMs(), wallMs());
    // A death in the middle of a write: the torn line stays one line.
    this.#torn = this.#bytes > 0 && !endsWithNewline(fd, this.#bytes);
  }

  #rotate(): void {
    const { path: file, filesMax } = this.#options;
    this.close();
    for (let number = filesMax - 1; number >= 1; number--) {
      const from = number === 1 ? file : numbered(file, number - 1);
      if (fs.existsSync(from)) fs.renameSync(from, numbered(file, number));
    }
    if (filesMax === 1) fs.rmSync(file, { force: true });
    this.#open();
  }
}

function numbered(file: string, number: number): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.${String(number)}${ext}`);
}

function endsWithNewline(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  fs.readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** Undefined: it is empty, or begins with something else. */
function firstLineMs(fd: number): number | undefined {
  const head = Buffer.alloc(512);
  const length = fs.readSync(fd, head, 0, head.length, 0);
  const time = /"time":"([^"]+)"/.exec(head.toString('latin1', 0, length))?.[1];
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
