import fs from 'node:fs';
import path from 'node:path';

export interface RotatingFileOptions {
  readonly path: string;
  /** A file beyond this is set aside; a line is never split. */
  readonly bytesMax: number;
  /** Files kept in all, the current one included. */
  readonly filesMax: number;
}

/**
 * A file that lines are appended to by blocking writes, so that none is lost when the thread dies, and that is bounded in
 * size: `x.log` becomes `x.1.log`, which becomes `x.2.log`. What the disk refuses is dropped and counted, as a full disk must
 * not crash an actor; the count is written as a line of its own once it takes writes again.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #fd: number | undefined;
  #bytes = 0;
  #dropped = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    fs.mkdirSync(path.dirname(options.path), { recursive: true, mode: 0o700 });
    this.#open();
  }

  /** One line, with its newline. */
  write(line: string): void {
    if (this.#dropped > 0) {
      const notice = `{"level":"error","time":"${new Date().toISOString()}","msg":"log lines were lost","lines":${String(this.#dropped)}}\n`;
      if (!this.#append(notice)) {
        this.#dropped++;
        return;
      }
      this.#dropped = 0;
    }
    if (!this.#append(line)) this.#dropped++;
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: string): boolean {
    try {
      const bytes = Buffer.from(line);
      if (this.#bytes + bytes.length > this.#options.bytesMax && this.#bytes > 0) this.#rotate();
      if (this.#fd === undefined) this.#open();
      let done = 0;
      while (done < bytes.length) done += fs.writeSync(this.#fd ?? -1, bytes, done);
      this.#bytes += bytes.length;
      return true;
    } catch {
      return false;
    }
  }

  #open(): void {
    const fd = fs.openSync(this.#options.path, 'a+', 0o600);
    this.#fd = fd;
    this.#bytes = fs.fstatSync(fd).size;
    if (this.#bytes > 0 && !endsWithNewline(fd, this.#bytes)) {
      // A death in the middle of a write: the torn line stays one line.
      this.#bytes += fs.writeSync(fd, '\n');
    }
  }

  #rotate(): void {
    this.close();
    for (let number = this.#options.filesMax - 1; number >= 1; number--) {
      const from = number === 1 ? this.#options.path : numbered(this.#options.path, number - 1);
      if (fs.existsSync(from)) fs.renameSync(from, numbered(this.#options.path, number));
    }
    if (this.#options.filesMax === 1) fs.rmSync(this.#options.path);
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
