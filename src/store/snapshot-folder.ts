import type { Disk, LogIndex, Term } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { makeDurableFolder } from './durable-folder.js';
import { checkSnapshotFile } from './snapshot-file.js';

export interface SnapshotName {
  readonly index: LogIndex;
  readonly term: Term;
  readonly path: string;
}

const NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;
/** The newest, and the one before it in case the newest turns out damaged. */
const KEPT_FILES = 2;

/** The snapshot files of a replica. Names are `<index>-<term>.snap`, so that they sort by age. */
export class SnapshotFolder {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #clusterId: bigint;
  #parts = 0;

  /** Makes the folder; files that a crash left half-made are removed. */
  constructor(disk: Disk, folder: string, clusterId: bigint) {
    this.#disk = disk;
    this.#folder = folder;
    this.#clusterId = clusterId;
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

  check(file: SnapshotName): ReturnType<typeof checkSnapshotFile> {
    return checkSnapshotFile(this.#disk, file.path, this.#clusterId);
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
    const old = this.list().slice(KEPT_FILES);
    for (const file of old) this.#disk.remove(file.path);
    if (old.length > 0) this.#disk.syncFolder(this.#folder);
  }

  discard(partPath: string): void {
    if (this.#disk.exists(partPath)) this.#disk.remove(partPath);
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
