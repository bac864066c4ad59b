import type { ActorContext, Peer } from '../actor/index.js';
import type { ActorId, Disk } from '../base/index.js';
import { ElectionCause } from '../protocol/index.js';
import type { ElectionRecord } from '../protocol/index.js';
import { ElectionHistory } from './election-history.js';
import { ElectionObserver } from './election-observer.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';

/** What a replica knows of elections: it sees its own, is told of others, and keeps all of them on disk. */
export class ReplicaElections {
  readonly observer: ElectionObserver;
  readonly #settings: ReplicaSettings;
  readonly #history: ElectionHistory;

  constructor(
    context: Pick<ActorContext, 'clock' | 'ref' | 'tell'>,
    settings: ReplicaSettings,
    disk: Disk,
    machine: StateMachine,
  ) {
    this.#settings = settings;
    this.#history = new ElectionHistory(disk, `${settings.folder}/elections`);
    this.observer = new ElectionObserver({
      clock: context.clock,
      nodeId: settings.nodeId,
      get voters() {
        return machine.confState.voters;
      },
      nameOf: (id) => settings.actorOf(id),
      finished: (record) => {
        this.#history.add(record);
        if (record.leader === null) return;
        for (const { name } of machine.members.list())
          if (name !== settings.id)
            context.tell(context.ref<ReplicaProtocol>(name), 'election', { record });
      },
    });
  }

  told(record: ElectionRecord): void {
    this.#history.add(record);
  }

  voteWithheld(from: Peer): void {
    const voter = this.#settings.nodeOf(from.id);
    if (voter !== undefined) this.observer.withheld(voter);
  }

  /** The leader is stopping on purpose, and says so. */
  leaderLeaves({ id }: Peer): void {
    this.observer.note(ElectionCause.leaderStopped, `${id} was stopped and handed over`);
  }

  leaderDied({ id, incarnation }: Peer): void {
    // It lived until its port closed, whenever it last had something to say.
    this.observer.leaderAlive();
    this.observer.note(
      ElectionCause.leaderCrash,
      `life ${String(incarnation)} of ${id} ended while it was the leader`,
    );
  }

  leaderHangs(leader: ActorId, silentMs: number): void {
    this.observer.note(
      ElectionCause.leaderStall,
      `the loop of ${leader} had not turned for ${silentMs.toFixed(0)} ms`,
    );
  }

  newestFirst(max: number): readonly ElectionRecord[] {
    return this.#history.newestFirst(max);
  }

  close(): void {
    this.#history.close();
  }
}
