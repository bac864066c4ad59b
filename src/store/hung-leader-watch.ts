import type { ActorId, Clock, NodeId } from '../base/index.js';
import { HungLeader } from './hung-leader.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaSettings } from './replica-settings.js';

export interface HungLeaderWatchPorts {
  readonly clock: Clock;
  readonly settings: ReplicaSettings;
  readonly activityOf: ReplicaPorts['activityOf'];
  /** Whom this replica follows; 0: nobody, or itself. */
  following(): NodeId | 0;
  /** The leader's loop has not turned for so long. */
  hangs(leader: NodeId, silentMs: number): void;
}

/** Looks at the leader's thread once a tick, and once more where its patience ends before the next one. */
export class HungLeaderWatch {
  readonly #ports: HungLeaderWatchPorts;
  readonly #judge: HungLeader;
  #dueMs: number | undefined;

  constructor(ports: HungLeaderWatchPorts) {
    this.#ports = ports;
    const { tickMs, electionTicks } = ports.settings;
    this.#judge = new HungLeader({ tickMs, electionMs: tickMs * electionTicks });
  }

  /** The next one will be at `nextMs`, on the monotonic clock. */
  tick(nextMs: number): void {
    if (this.#ports.activityOf === undefined) return;
    const nowMs = this.#ports.clock.monotonicMs();
    this.#look(nowMs, this.#dueMs ?? nowMs);
    this.#dueMs = nextMs;
  }

  /** It was found to hang, and its loop has not turned since. */
  isHung(id: NodeId): boolean {
    return this.#judge.is(id);
  }

  /** That life of it is over. */
  died(id: ActorId): void {
    const nodeId = this.#ports.settings.nodeOf(id);
    if (nodeId !== undefined) this.#judge.forget(nodeId);
  }

  #look(nowMs: number, dueMs: number): void {
    const { clock, settings, activityOf } = this.#ports;
    const leader = this.#ports.following();
    const subject = this.#judge.subject(leader);
    const activity = subject === 0 ? undefined : activityOf?.(settings.actorOf(subject));
    const result = this.#judge.look({ nowMs, dueMs, leader, activity });
    if (result.type === 'hangs' && leader !== 0) this.#ports.hangs(leader, result.silentMs);
    if (result.type !== 'look-again') return;
    const againMs = nowMs + result.inMs;
    clock.after(result.inMs, () => {
      this.#look(clock.monotonicMs(), againMs);
    });
  }
}
