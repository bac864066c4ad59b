import type { ActorContext } from '../actor/index.js';
import type { Disk } from '../base/index.js';
import type { LogPosition } from '../protocol/index.js';
import { BucketCounts, FSYNC_BOUNDS_MS } from './bucket-counts.js';
import { ElectionJournal } from './election-journal.js';
import { ReplicaFaults } from './replica-faults.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaSettings } from './replica-settings.js';
import { SelfWatch } from './self-watch.js';
import { timedDisk } from './timed-disk.js';

/** What one life of a replica observes of itself, from before it reads its files. */
export class ReplicaSelf {
  readonly journal: ElectionJournal;
  readonly watch: SelfWatch;
  readonly faults: ReplicaFaults;
  /** The disk to use: each of its calls is timed. */
  readonly disk: Disk;
  readonly walSyncs = new BucketCounts(FSYNC_BOUNDS_MS);
  readonly snapshotSyncs = new BucketCounts(FSYNC_BOUNDS_MS);
  /** Where the log stands; set once it is open. */
  position: () => Omit<LogPosition, 'replica'> = () => ({
    lastIndex: 0,
    lastTerm: 0,
    commitIndex: 0,
  });

  constructor(
    { clock }: Pick<ActorContext, 'clock'>,
    settings: ReplicaSettings,
    ports: ReplicaPorts,
  ) {
    const replica = settings.id;
    this.journal = new ElectionJournal({
      clock,
      replica,
      position: () => ({ replica, ...this.position() }),
    });
    this.watch = new SelfWatch({
      clock,
      tickMs: settings.tickMs,
      blocked: (by, fromMs, ms) => {
        this.journal.blocked(by, fromMs, ms);
      },
    });
    this.faults = new ReplicaFaults(clock, ports.block);
    this.disk = timedDisk(ports.disk, {
      clock,
      beforeSync: () => {
        this.faults.syncing();
      },
      timed: ({ call, path, fromMs, ms }) => {
        this.watch.timed('disk', fromMs, ms);
        if (call !== 'sync') return;
        if (path.includes('/wal')) this.walSyncs.add(ms);
        else if (path.includes('/snap')) this.snapshotSyncs.add(ms);
      },
    });
  }
}
