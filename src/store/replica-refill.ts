import type { ActorId, Clock, Log, LogIndex, NodeId } from '../base/index.js';
import type { RawNode } from '../raft/index.js';
import { BeginsAnew } from './begins-anew.js';
import type { ReplicaLog } from './replica-log.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';

/** How long a replica that was offered a refill stores nothing new, so that what it holds can be held by all others. */
const HOLD_STILL_MS = 2000;

export interface ReplicaRefillPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ReplicaSettings;
  readonly node: RawNode;
  readonly replicaLog: ReplicaLog;
  /** This replica's data was found to be wrong. */
  corrupt(): boolean;
  isUp(id: NodeId): boolean;
  tell(to: ActorId, type: 'refill', message: ReplicaProtocol['tells']['refill']): void;
  /** Ends this life: the next one begins with nothing. */
  crash(reason: Error): void;
}

/**
 * How a replica whose data is wrong is filled anew. It may let go of what it acknowledged only where nothing depends on its copy:
 * the leader offers a refill once every other voter is up and holds all that this one holds. It then drops its state and its log,
 * keeps its term and its vote, and is mended as any damaged log is: until it holds again what it once held, it votes only for
 * candidates that do.
 */
export class ReplicaRefill {
  readonly #ports: ReplicaRefillPorts;
  /** Leader: those whose data differs. */
  readonly #wanted = new Set<NodeId>();
  #holdStillUntilMs = -Infinity;

  constructor(ports: ReplicaRefillPorts) {
    this.#ports = ports;
  }

  /** A majority has found the data of these to differ. */
  want(ids: readonly NodeId[]): void {
    for (const id of ids) if (id !== this.#ports.settings.nodeId) this.#wanted.add(id);
  }

  /** That life of it is over. Whether its data is still wrong is for the next comparison to say. */
  died(id: ActorId): void {
    const nodeId = this.#ports.settings.nodeOf(id);
    if (nodeId !== undefined) this.#wanted.delete(nodeId);
  }

  roleChanged(): void {
    this.#wanted.clear();
  }

  /** A replica is to begin anew. */
  get wanted(): boolean {
    return this.#wanted.size > 0;
  }

  /** Leader: offers what is due. */
  tick(): void {
    for (const id of this.#wanted) {
      const lastIndex = this.#heldBesides(id);
      if (lastIndex !== undefined)
        this.#ports.tell(this.#ports.settings.actorOf(id), 'refill', { lastIndex });
    }
  }

  /** New entries are to be let go by. */
  get holdsStill(): boolean {
    return this.#ports.clock.monotonicMs() < this.#holdStillUntilMs;
  }

  offered(from: ActorId, lastIndex: LogIndex): void {
    const { clock, log, settings, node, replicaLog } = this.#ports;
    const { lead } = node.basicStatus();
    const current = lead !== 0 && settings.nodeOf(from) === lead;
    if (!current || !this.#ports.corrupt() || replicaLog.repair !== undefined) return;
    if (replicaLog.end.lastIndex > lastIndex) {
      this.#holdStillUntilMs = clock.monotonicMs() + HOLD_STILL_MS;
      return;
    }
    const reason = 'its data differed from that of the other replicas';
    log.error('this replica begins anew, and the leader fills it', { ...replicaLog.end });
    replicaLog.dropAtNextStart(reason);
    this.#ports.crash(new BeginsAnew(settings.id, reason));
  }

  /** What every voter but that one holds; undefined while one of them is down, or that one is. */
  #heldBesides(id: NodeId): LogIndex | undefined {
    let held = Infinity;
    let allUp = this.#ports.isUp(id);
    this.#ports.node.withProgress((other, { match }) => {
      if (other === id) return;
      held = Math.min(held, match);
      allUp &&= this.#ports.isUp(other);
    });
    return allUp && Number.isFinite(held) ? (held as LogIndex) : undefined;
  }
}
