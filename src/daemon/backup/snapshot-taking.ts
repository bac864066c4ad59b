import path from 'node:path';
import { actorId, type ActorId } from '../../base/index.js';
import type { ThreadActorSystem } from '../../io/thread/index.js';
import type { SavedSnapshot } from '../../store/index.js';
import { CLUSTER, snapshotSpec } from '../../topology/index.js';
import { OperatingError } from '../failure.js';

const REPORT_TIMEOUT_MS = 5000;
const SAVER = actorId('snapshot');

/** Saves the store's state to files, one after the other, each by an actor that lives as long as that takes. */
export class SnapshotTaking {
  readonly #system: Pick<
    ThreadActorSystem,
    'startChild' | 'report' | 'terminateChild' | 'deleteChild'
  >;
  readonly #replicas: () => readonly ActorId[];
  #last: Promise<unknown> = Promise.resolve();

  constructor(system: ThreadActorSystem, replicas: () => readonly ActorId[]) {
    this.#system = system;
    this.#replicas = replicas;
  }

  /** Rejects with an `OperatingError` where it cannot be saved; then no file of that name was made or changed. */
  save(file: string): Promise<SavedSnapshot> {
    if (!path.isAbsolute(file)) throw new OperatingError(`${file}: not an absolute path`, 2);
    const saved = this.#last.then(() => this.#save(file));
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  async #save(file: string): Promise<SavedSnapshot> {
    const started = await this.#system.startChild(
      CLUSTER,
      snapshotSpec(SAVER, this.#replicas(), file),
    );
    if (!started.ok) throw new OperatingError(`${file}: not saved: ${started.error.message}`);
    const report = await this.#system.report(SAVER, REPORT_TIMEOUT_MS);
    await this.#system.terminateChild(CLUSTER, SAVER);
    this.#system.deleteChild(CLUSTER, SAVER);
    if (!report.ok) throw new OperatingError(`${file}: ${report.error.message}`);
    return report.value as SavedSnapshot;
  }
}
