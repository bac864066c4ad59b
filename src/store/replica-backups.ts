import type { StreamCall } from '../actor/index.js';
import { transfer as handOver } from '../codec/index.js';
import type { SnapshotItem, SnapshotRequest, StoreError } from '../protocol/index.js';
import type { StateMachine } from './state-machine.js';
import type { StateSnapshot } from './state-snapshot.js';
import { storeErrors } from './store-errors.js';

/** Streams at the same time, at most: each holds old versions in memory. */
const STREAMS_MAX = 2;

type BackupCall = StreamCall<SnapshotRequest, SnapshotItem>;

interface Backup {
  readonly call: BackupCall;
  /** Undefined: the replica has not yet applied what the caller wants in it. */
  image: StateSnapshot | undefined;
  /** The consumer's window is full. */
  full: boolean;
}

/** Streams images of the state to who asks for one, a chunk a turn: the replica goes on with its work between them. */
export class ReplicaBackups {
  readonly #machine: StateMachine;
  readonly #clusterId: bigint;
  readonly #backups = new Set<Backup>();
  #barred: StoreError | undefined;

  constructor(machine: StateMachine, clusterId: bigint) {
    this.#machine = machine;
    this.#clusterId = clusterId;
  }

  serve(call: BackupCall): void {
    const refusal =
      this.#barred ?? (this.#backups.size >= STREAMS_MAX ? storeErrors.tooMany : undefined);
    if (refusal !== undefined) {
      call.fail(refusal);
      return;
    }
    const backup: Backup = { call, image: undefined, full: false };
    this.#backups.add(backup);
    call.onDrain(() => {
      backup.full = false;
    });
    call.onCancel(() => {
      this.#drop(backup);
    });
  }

  /** The next chunk of each. True: there is more to send, in a later turn. */
  turn(): boolean {
    let more = false;
    for (const backup of [...this.#backups]) {
      if (backup.full || !this.#begun(backup)) continue;
      this.#sendChunk(backup);
      more ||= this.#backups.has(backup) && !backup.full;
    }
    return more;
  }

  /** Nothing is served while `error` is set: this replica's data is wrong. */
  bar(error: StoreError | undefined): void {
    this.#barred = error;
    if (error !== undefined) this.end(error);
  }

  end(error: StoreError): void {
    for (const backup of [...this.#backups]) {
      this.#drop(backup);
      backup.call.fail(error);
    }
  }

  #begun(backup: Backup): boolean {
    const { revision } = this.#machine;
    if (backup.image !== undefined) return true;
    if (revision < backup.call.request.minRevision) return false;
    backup.image = this.#machine.beginSnapshot();
    const { appliedIndex: index, appliedTerm: term } = backup.image.meta;
    backup.call.send({ type: 'begin', clusterId: this.#clusterId, index, term, revision });
    return true;
  }

  #sendChunk(backup: Backup): void {
    const next = backup.image?.chunks.next();
    if (next === undefined || next.done === true) {
      this.#drop(backup);
      backup.call.complete();
      return;
    }
    backup.full = !backup.call.send({ type: 'chunk', data: handOver(next.value) });
  }

  #drop(backup: Backup): void {
    this.#backups.delete(backup);
    backup.image?.close();
  }
}
