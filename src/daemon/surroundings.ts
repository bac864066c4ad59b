import { accessSync, constants, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DiskError, type Disk, type Log } from '../base/index.js';
import { errorCode } from './failure.js';

const LOOK_MS = 5000;
const MIB = 2 ** 20;
/** Below it the store takes only what deletes. */
const DISK_RESERVE_BYTES = 32 * MIB;

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
};

export interface SurroundingsPorts {
  readonly root: string;
  readonly logs: string;
  readonly disk: Pick<Disk, 'space'>;
  /** Lines that the actors' logs have not taken and not yet told of. */
  readonly lostLines: () => number;
  readonly log: Pick<Log, 'info' | 'error'>;
  /** For who runs it, beside the log. */
  readonly complain: (line: string) => void;
  readonly say: (line: string) => void;
}

/** What a daemon lives on: the disk of its data and that of its logs. What is wrong there is told once, and its end. */
export class Surroundings {
  readonly #ports: SurroundingsPorts;
  readonly #timer: NodeJS.Timeout;
  /** By what they are about. */
  #told = new Map<string, string>();

  constructor(ports: SurroundingsPorts) {
    this.#ports = ports;
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** What is wrong now, a line each. */
  problems(): readonly string[] {
    return [...this.look().values()];
  }

  look(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const data = this.#dataProblem();
    if (data !== undefined) found.set('data', data);
    const logs = this.#logProblem();
    if (logs !== undefined) found.set('logs', logs);
    this.#tell(found);
    return found;
  }

  #tell(found: ReadonlyMap<string, string>): void {
    const { log, complain, say } = this.#ports;
    const before = this.#told;
    this.#told = new Map(found);
    for (const [about, problem] of found) {
      if (before.has(about)) continue;
      complain(problem);
      log.error('the surroundings are bad', { about, problem });
    }
    for (const about of before.keys()) {
      if (found.has(about)) continue;
      say(`${about === 'data' ? 'the data folder' : 'the log folder'} can be written again`);
      log.info('the surroundings are well again', { about });
    }
  }

  #dataProblem(): string | undefined {
    const { root, disk } = this.#ports;
    try {
      const { freeBytes, readOnly } = disk.space(root);
      if (readOnly) return `data folder ${root}: read-only file system; writes are refused`;
      if (freeBytes >= DISK_RESERVE_BYTES) return undefined;
      const free = `${Math.floor(freeBytes / MIB)} MiB are free, ${DISK_RESERVE_BYTES / MIB} MiB are needed`;
      return `data folder ${root}: no space left on device: free some of its disk; ${free}, and until then only what deletes is taken`;
    } catch (error) {
      return `data folder ${root}: ${reasonOf(error)}`;
    }
  }

  /**
   * Lines that were lost are told of with the next line that is taken: until then it is tried here whether one would be. Where
   * none is lost yet, what is open goes on, and a folder that is gone is made again with the next line.
   */
  #logProblem(): string | undefined {
    const { logs, lostLines } = this.#ports;
    const lost = lostLines();
    try {
      if (lost > 0) probe(logs);
      else accessSync(logs, constants.W_OK);
      return undefined;
    } catch (error) {
      if (lost === 0 && errorCode(error) === 'ENOENT') return undefined;
      const what =
        lost > 0
          ? `log lines are lost (${lost} so far)`
          : 'no log can be begun or set aside, and those of actors that start are lost';
      return `log folder ${logs}: ${reasonOf(error)}; ${what}, all else goes on`;
    }
  }
}

/** Throws where a log line would not be taken. */
function probe(logs: string): void {
  const file = path.join(logs, `.probe-${process.pid}`);
  try {
    writeFileSync(file, 'a log line may have so many characters\n'.repeat(8), { mode: 0o600 });
  } finally {
    forget(file);
  }
}

function forget(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // A read-only folder has none.
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof DiskError ? error.code : errorCode(error);
  return WORDS[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
