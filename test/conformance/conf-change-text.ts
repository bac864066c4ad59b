import { failed, ok } from '../../src/base/index.js';
import type { NodeId, Result } from '../../src/base/index.js';
import type { ConfChangeSingle, ConfChangeType } from '../../src/raft/index.js';

const TYPES: ReadonlyMap<string, ConfChangeType> = new Map([
  ['v', 'ConfChangeAddNode'],
  ['l', 'ConfChangeAddLearnerNode'],
  ['r', 'ConfChangeRemoveNode'],
  ['u', 'ConfChangeUpdateNode'],
] as const);

/**
 * Reads `v1 l2 r3 u4`: make 1 a voter and 2 a learner, remove 3, update 4. The error is a sentence.
 */
export function parseConfChanges(text: string): Result<ConfChangeSingle[], string> {
  const changes: ConfChangeSingle[] = [];
  const trimmed = text.trim();
  for (const token of trimmed === '' ? [] : trimmed.split(' ')) {
    if (token.length < 2) return failed(`unknown token ${token}`);
    const type = TYPES.get(token.charAt(0));
    if (type === undefined) return failed(`unknown input: ${token}`);
    const digits = token.slice(1);
    if (!/^\d+$/.test(digits)) {
      return failed(`strconv.ParseUint: parsing "${digits}": invalid syntax`);
    }
    changes.push({ type, nodeId: Number(digits) as NodeId });
  }
  return ok(changes);
}
