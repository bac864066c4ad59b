import type { NodeId } from '../base/index.js';
import type { Message } from '../raft/index.js';

/** A turn's messages by receiver, in order; snapshots apart, since they go in chunks. */
export function batchMessages(messages: readonly Message[]): {
  readonly batches: ReadonlyMap<NodeId, readonly Message[]>;
  readonly snapshots: readonly Message[];
} {
  const batches = new Map<NodeId, Message[]>();
  const snapshots: Message[] = [];
  for (const message of messages) {
    const batch = batches.get(message.to);
    if (message.type === 'MsgSnap') snapshots.push(message);
    else if (batch === undefined) batches.set(message.to, [message]);
    else batch.push(message);
  }
  return { batches, snapshots };
}
