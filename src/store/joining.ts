import type { NodeId } from '../base/index.js';
import type { Message } from '../raft/index.js';

/**
 * A leader sends a new member its last snapshot, which may be older than the entry that added it. Raft takes no snapshot of a
 * configuration that it is not in; this one is read with the receiver in it as a learner, which changes no majority. The
 * entry that says so follows in the log.
 */
export function asLearner(message: Message, own: NodeId): Message {
  const { snapshot } = message;
  if (snapshot === null) return message;
  const { confState } = snapshot.metadata;
  if ([...confState.voters, ...confState.learners].includes(own)) return message;
  const learners = [...confState.learners, own].sort((a, b) => a - b);
  const metadata = { ...snapshot.metadata, confState: { ...confState, learners } };
  return { ...message, snapshot: { ...snapshot, metadata } };
}
