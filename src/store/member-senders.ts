import type { Peer } from '../actor/index.js';
import type { Clock, NodeId } from '../base/index.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';

export interface MemberSendersPorts {
  readonly clock: Clock;
  readonly settings: ReplicaSettings;
  readonly machine: StateMachine;
  /** The sender was removed, and does not know. */
  tellRemoved(sender: Peer): void;
}

/** Who writes to this replica as a member, when it last did, and whether this replica is still one itself. */
export class MemberSenders {
  readonly #ports: MemberSendersPorts;
  readonly #heardMs = new Map<NodeId, number>();
  #toldRemoved = false;

  constructor(ports: MemberSendersPorts) {
    this.#ports = ports;
    this.learnMembers();
  }

  /** This replica is no member any more. */
  get removed(): boolean {
    const { machine, settings } = this.#ports;
    return this.#toldRemoved || machine.members.wasRemoved(settings.nodeId);
  }

  /** A member says so, whose log is ahead. */
  toldRemoved(): void {
    this.#toldRemoved = true;
  }

  /** The members changed: where each is. */
  learnMembers(): void {
    const { machine, settings } = this.#ports;
    for (const { id, name } of machine.members.list()) settings.learn(name, id);
  }

  /**
   * Whether what an actor says as that node is to be heard. A removed member is not, so that it disturbs nobody by its
   * campaigns; one that this replica has not heard of yet is: the log that names it may still be on its way.
   */
  admits(sender: Peer, node: NodeId | undefined): boolean {
    const { clock, machine, settings } = this.#ports;
    if (node === undefined) return true;
    if (machine.members.wasRemoved(node)) {
      this.#ports.tellRemoved(sender);
      return false;
    }
    settings.learn(sender.id, node);
    this.#heardMs.set(node, clock.monotonicMs());
    return true;
  }

  /** Within an election timeout. */
  heardLately(node: NodeId): boolean {
    const { clock, settings } = this.#ports;
    const heardMs = this.#heardMs.get(node) ?? -Infinity;
    return clock.monotonicMs() - heardMs <= settings.electionTicks * settings.tickMs;
  }
}
