/**
 * The world, as pure rooms see it. Two hosts implement these: `io` (real time, real disks) and `sim` (virtual time, a seed).
 */
export interface Clock {
  /** Milliseconds since an arbitrary origin, fractional, never going back. The origin is the same in all threads of the process. */
  monotonicMs(): number;
  /** Milliseconds since 1970 (fractional); may jump. For timestamps that people read, never for durations. */
  wallMs(): number;
  /** Calls back once, not before `delayMs` has passed, in a turn of the actor's own. */
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  /** After this the callback does not run. May be called more than once. */
  cancel(): void;
}

export interface Random {
  /** A uniform integer in [0, 2^32). */
  uint32(): number;
}

/** One structured record a call. `fields` are plain data and hold no secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, unknown>>;

/** Synchronous, since WebCrypto settles in changing order. */
export interface Crypto {
  /** A random (version 4) UUID, lower case. */
  uuid(): string;
  /** `count` random bytes. */
  randomBytes(count: number): Uint8Array;
  /** SHA-256, 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
}

/**
 * Files, at the level at which disks fail. All calls block, which on a thread of its own is the faster way
 * (docs/decisions/0003). Errors are thrown as `DiskError`; nothing written is durable before `datasync`,
 * and no created, renamed or removed name before `syncFolder` of its folder.
 */
export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** Names in a folder, sorted. Throws ENOENT where there is no such folder. */
  list(folder: string): string[];
  exists(path: string): boolean;
  /** Makes the folder and its parents (0700). No error where it exists. */
  makeFolder(folder: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  syncFolder(folder: string): void;
  /** What may be written below a folder that is there. Cheap: it may be asked for before each write. */
  space(folder: string): DiskSpace;
}

export interface DiskSpace {
  /** For this process; `Infinity` where the disk does not say. */
  readonly freeBytes: number;
  readonly readOnly: boolean;
}

/** `read`: must exist. `write`: must exist, read and write. `create`: read and write, must not exist (0600). */
export type OpenMode = 'read' | 'write' | 'create';

export interface DiskFile {
  size(): number;
  /** Reads into `buffer` from `position`; returns the bytes read, fewer only at the end of the file. */
  pread(buffer: Uint8Array, position: number): number;
  /** Writes all of the buffers, one after another, from `position`. */
  pwritev(buffers: readonly Uint8Array[], position: number): void;
  truncate(size: number): void;
  datasync(): void;
  close(): void;
}

export class DiskError extends Error {
  override readonly name = 'DiskError';
  /** errno's name: ENOENT, ENOSPC, EIO, EACCES, EEXIST, EROFS, … */
  readonly code: string;
  readonly path: string;
  constructor(code: string, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

const NO_WRITES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS'];

const ERRORS: readonly string[] = ['EIO', 'ENXIO', 'ENODEV', 'ESTALE', 'EUCLEAN'];

/** The disk does not work: what was being written when it said so is in doubt. */
export function isDiskFailure(error: unknown): boolean {
  return error instanceof DiskError && ERRORS.includes(error.code);
}

/** The disk takes no writes now, and will once there is space or it is mounted anew. What is on it is not in doubt. */
export function refusesWrites(error: unknown): error is DiskError {
  return error instanceof DiskError && NO_WRITES.includes(error.code);
}
