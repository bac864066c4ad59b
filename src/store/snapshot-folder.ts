import type { Disk, LogIndex, Term } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { makeDurableFolder } from './durable-folder.js';

export interface SnapshotName {
  readonly index: LogIndex;
  readonly term: Term;
  readonly path: string;
}

const NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;
/** The newest, and the one before it in case the newest turns out damaged. */
const KEPT_FILES = 2;
/** Removing a file takes the longer the larger it is (a GB: most of a second): it is cut by so much at a time before. */
const CUT_BYTES = 8 * 1024 * 1024;

/** The snapshot files of a replica. Names are `<index>-<term>.snap`, so that they sort by age. */
export class SnapshotFolder {
  readonly #disk: Disk;
  readonly #folder: string;
  #parts = 0;
  /** What is to be removed, and has no name that a restart would go by. */
  readonly #doomed: string[] = [];

  /** Makes the folder; files that a crash left half-made are removed. */
  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
    makeDurableFolder(disk, folder);
    for (const name of disk.list(folder))
      if (name.endsWith('.part')) disk.remove(`${folder}/${name}`);
  }

  /** Newest first. */
  list(): SnapshotName[] {
    const found: SnapshotName[] = [];
    for (const name of this.#disk.list(this.#folder)) {
      const match = NAME.exec(name);
      if (match?.[1] === undefined || match[2] === undefined) continue;
      found.push({
        index: Number.parseInt(match[1], 16) as LogIndex,
        term: Number.parseInt(match[2], 16) as Term,
        path: `${this.#folder}/${name}`,
      });
    }
    return found.reverse();
  }

  find(metadata: SnapshotMetadata): SnapshotName | undefined {
    return this.list().find((file) => file.index === metadata.index && file.term === metadata.term);
  }

  /** Where a new snapshot is written until it is whole. */
  newPartPath(): string {
    this.#parts++;
    return `${this.#folder}/${String(this.#parts)}.part`;
  }

  /** Gives a whole and durable file its name, and forgets all but the newest. */
  publish(partPath: string, metadata: SnapshotMetadata): void {
    const name = `${hex(metadata.index)}-${hex(metadata.term)}.snap`;
    this.#disk.rename(partPath, `${this.#folder}/${name}`);
    this.#disk.syncFolder(this.#folder);
    for (const old of this.list().slice(KEPT_FILES)) {
      const doomed = this.newPartPath();
      this.#disk.rename(old.path, doomed);
      this.#disk.syncFolder(this.#folder);
      this.#doomed.push(doomed);
    }
  }

  /** A file that will not be published. */
  discard(partPath: string): void {
    this.#doomed.push(partPath);
  }

  /** Goes on removing what is of no use any more. True: there is more to remove, in a later turn. */
  step(): boolean {
    const [path] = this.#doomed;
    if (path === undefined) return false;
    const file = this.#disk.open(path, 'write');
    const rest = file.size() - CUT_BYTES;
    if (rest > 0) file.truncate(rest);
    file.close();
    if (rest > 0) return true;
    this.#disk.remove(path);
    this.#doomed.shift();
    return this.#doomed.length > 0;
  }

  /** The last index up to which the log may be forgotten although the newest file may turn out damaged. */
  safeIndex(): LogIndex {
    const [newest, older] = this.list();
    return (older ?? newest)?.index ?? (0 as LogIndex);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(16, '0');
}
