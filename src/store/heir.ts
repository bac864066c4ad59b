import type { NodeId } from '../base/index.js';
import type { RawNode } from '../raft/index.js';

/** To whom a leader that stops hands over: the live follower whose log is closest to its own. */
export function heirOf(
  node: RawNode,
  own: NodeId,
  isUp: (id: NodeId) => boolean,
): NodeId | undefined {
  const followers: { readonly id: NodeId; readonly match: number }[] = [];
  node.withProgress((id, { match, isLearner }) => {
    if (id !== own && !isLearner && isUp(id)) followers.push({ id, match });
  });
  return followers.sort((a, b) => b.match - a.match)[0]?.id;
}
