import type { Clock, Disk, DiskSpace, Log } from '../base/index.js';
import type { StoreError } from '../protocol/index.js';
import type { Message } from '../raft/index.js';

const MIB = 1024 * 1024;
/** Of the log's own room, so much is left for elections. */
const ELECTIONS_BYTES = 16 * 1024;
/** Of an entry, beside its data. */
const ENTRY_BYTES = 128;
const LOOK_MS = 1000;
/** Whose answer, or consequence, is a vote that has to be written. */
const VOTES: ReadonlySet<Message['type']> = new Set(['MsgVote', 'MsgTimeoutNow']);

/**
 * `low`: what adds to the store is refused, while deletions and compactions, which make room, are not. `full`: the log itself has
 * hardly any room left; what is left is for elections. `read-only`: nothing can be written at all.
 */
export interface DiskTrouble {
  readonly is: 'low' | 'full' | 'read-only';
  readonly freeBytes: number;
}

/** Pure. `roomBytes`: what the log can take without any new space. */
export function diskTrouble(
  { freeBytes, readOnly }: DiskSpace,
  reserveBytes: number,
  roomBytes: number,
): DiskTrouble | undefined {
  if (readOnly) return { is: 'read-only', freeBytes };
  if (freeBytes >= reserveBytes) return undefined;
  const hasRoom = freeBytes >= reserveBytes / 2 || roomBytes >= ELECTIONS_BYTES;
  return { is: hasRoom ? 'low' : 'full', freeBytes };
}

/** What is wrong and what to do, for people. `folder` is on that disk. */
function troubleText({ is, freeBytes }: DiskTrouble, folder: string, reserveBytes: number): string {
  if (is === 'read-only')
    return `read-only file system: nothing can be written to ${folder}; mount it for writing again`;
  return (
    `no space left on device: ${mebibytes(freeBytes)} of the disk of ${folder} are free; free some of it: below ` +
    `${mebibytes(reserveBytes)} only what deletes is taken`
  );
}

export interface DiskRoomPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: string;
  readonly reserveBytes: number;
  /** Of the log. */
  readonly roomBytes: () => number;
  /** A trouble has begun, or ended. */
  changed(): void;
}

/**
 * Whether a replica may write, looked at before each turn's proposals: what is refused then was never in the log, while a write to
 * the log that fails midway ends the replica (docs/decisions/0022).
 */
export class DiskRoom {
  readonly #ports: DiskRoomPorts;
  #looked = false;
  /** Of entries that came in this turn. */
  #takenBytes = 0;
  #trouble: DiskTrouble | undefined;
  #told: DiskTrouble['is'] | undefined;
  #lookMs = -Infinity;

  constructor(ports: DiskRoomPorts) {
    this.#ports = ports;
  }

  /** As it was at the first question of this turn. */
  get trouble(): DiskTrouble | undefined {
    if (!this.#looked) this.#look();
    return this.#trouble;
  }

  /** Neither an entry nor a vote can be written. */
  get readOnly(): boolean {
    return this.trouble?.is === 'read-only';
  }

  /** Null: nothing is wrong. */
  get problem(): string | null {
    const { folder, reserveBytes } = this.#ports;
    const { trouble } = this;
    return trouble === undefined ? null : troubleText(trouble, folder, reserveBytes);
  }

  /** Why a proposal is not taken. */
  refusal({ adds }: { readonly adds: boolean }): StoreError | undefined {
    const { trouble, problem } = this;
    if (trouble === undefined || problem === null) return undefined;
    if (trouble.is === 'low' && !adds) return undefined;
    const code = trouble.is === 'read-only' ? 'read-only' : 'no-space';
    return { code, message: `etcdserver: ${problem}` };
  }

  /**
   * False: what this message makes the replica write would fail. It is as if it were lost on its way, and comes again: so a follower
   * goes on with its votes, and what fits into its log.
   */
  takes({ type, entries }: Message): boolean {
    if (entries.length === 0 && !VOTES.has(type)) return true;
    const { trouble } = this;
    if (trouble === undefined) return true;
    if (trouble.is === 'read-only') return false;
    if (entries.length === 0) return true;
    const bytes = entries.reduce((sum, { data }) => sum + data.length + ENTRY_BYTES, 0);
    if (this.overflow(this.#takenBytes + bytes) !== undefined) return false;
    this.#takenBytes += bytes;
    return true;
  }

  /** Why the log cannot take so many bytes more. */
  overflow(bytes: number): StoreError | undefined {
    const { trouble } = this;
    const { reserveBytes, roomBytes } = this.#ports;
    if (trouble === undefined || trouble.freeBytes >= reserveBytes / 2) return undefined;
    if (bytes <= roomBytes() - ELECTIONS_BYTES) return undefined;
    return { code: 'no-space', message: `etcdserver: ${this.problem ?? ''}` };
  }

  turnEnded(): void {
    this.#looked = false;
    this.#takenBytes = 0;
  }

  /** Each trouble is told once, and its end. */
  tick(): void {
    const now = this.#ports.clock.monotonicMs();
    if (now - this.#lookMs < LOOK_MS) return;
    this.#lookMs = now;
    const { trouble, problem } = this;
    if (trouble?.is === this.#told) return;
    const { log } = this.#ports;
    if (trouble === undefined) log.info('the disk takes writes again');
    else log.error('the disk takes no writes', { problem, ...trouble });
    this.#told = trouble?.is;
    this.#ports.changed();
  }

  #look(): void {
    const { disk, folder, reserveBytes, roomBytes } = this.#ports;
    this.#trouble = diskTrouble(disk.space(folder), reserveBytes, roomBytes());
    this.#looked = true;
  }
}

function mebibytes(bytes: number): string {
  return `${String(Math.floor(bytes / MIB))} MiB`;
}
