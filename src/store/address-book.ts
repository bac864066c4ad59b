import { assertDefined } from '../base/index.js';
import type { ActorId, NodeId } from '../base/index.js';
import type { ReplicaPeer } from './replica-protocol.js';

/**
 * Which actor a member is, and the other way round. It knows more than the members of the moment: whoever was configured,
 * whoever the replicated state named, and whoever wrote. So a replica that slept through changes can answer a leader that it
 * has never heard of. An actor that was a member before, under a lower id, is its newest one.
 */
export class AddressBook {
  readonly #actors = new Map<NodeId, ActorId>();
  readonly #nodes = new Map<ActorId, NodeId>();

  constructor(known: readonly ReplicaPeer[]) {
    for (const { id, nodeId } of known) this.learn(id, nodeId);
  }

  learn(actor: ActorId, node: NodeId): void {
    const known = this.#nodes.get(actor) ?? 0;
    if (node <= known || (this.#actors.get(node) ?? actor) !== actor) return;
    this.#actors.set(node, actor);
    this.#nodes.set(actor, node);
  }

  actorOf(node: NodeId): ActorId {
    return assertDefined(this.#actors.get(node), `the actor of node ${String(node)}`);
  }

  nodeOf(actor: ActorId): NodeId | undefined {
    return this.#nodes.get(actor);
  }
}
