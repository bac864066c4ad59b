import type { Disk } from '../base/index.js';
import type { SnapshotMetadata } from '../raft/index.js';
import { SnapshotFileWriter } from './snapshot-file.js';
import type { SnapshotFolder } from './snapshot-folder.js';
import type { StateMachine } from './state-machine.js';
import type { StateSnapshot } from './state-snapshot.js';

/** Writes the state to a file, one chunk a turn, so that the replica is never paused for long. */
export class SnapshotTaker {
  readonly #disk: Disk;
  readonly #folder: SnapshotFolder;
  readonly #clusterId: bigint;
  #current:
    | { image: StateSnapshot; writer: SnapshotFileWriter; path: string; metadata: SnapshotMetadata }
    | undefined;

  constructor(disk: Disk, folder: SnapshotFolder, clusterId: bigint) {
    this.#disk = disk;
    this.#folder = folder;
    this.#clusterId = clusterId;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  begin(machine: StateMachine): void {
    const image = machine.beginSnapshot();
    const { appliedIndex, appliedTerm, confState } = image.meta;
    const metadata = { index: appliedIndex, term: appliedTerm, confState };
    const path = this.#folder.newPartPath();
    try {
      const writer = new SnapshotFileWriter(this.#disk, path, this.#clusterId, metadata);
      this.#current = { image, writer, path, metadata };
    } catch (error) {
      image.close();
      if (this.#disk.exists(path)) this.#folder.discard(path);
      throw error;
    }
  }

  /** Writes the next chunk. Returns the snapshot once it is durable under its name. */
  step(): SnapshotMetadata | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const next = current.image.chunks.next();
    if (next.done !== true) {
      current.writer.write(next.value);
      return undefined;
    }
    // What throws until here leaves a part, which is then to be discarded.
    current.writer.finish();
    this.#current = undefined;
    current.image.close();
    this.#folder.publish(current.path, current.metadata);
    return current.metadata;
  }

  /** The state was replaced meanwhile, or the disk is full: what is half-written is of no use. */
  abort(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.image.close();
    current.writer.abort();
    this.#folder.discard(current.path);
  }
}
