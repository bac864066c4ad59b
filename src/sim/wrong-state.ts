import { assert, nodeId } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { KeyValue } from '../mvcc/index.js';
import type { ReplicaView } from '../store/index.js';
import { ALL_KEYS } from './workload-draw.js';

/**
 * A bit of memory flips: in the last byte of a stored value, which is padding that no client looks at, so that only the
 * replicas' own comparison can find it. False: nothing is stored.
 */
export function flipStoredBit({ machine }: ReplicaView): boolean {
  const stored = machine.range(ALL_KEYS);
  assert(stored.ok, 'the newest revision can be read');
  const kv = stored.value.kvs.find(({ value }) => value.at(-1) === PADDING);
  if (kv === undefined) return false;
  const wrong = kv.value.slice();
  wrong[wrong.length - 1] = PADDING ^ 1;
  (kv as { -readonly [Field in keyof KeyValue]: KeyValue[Field] }).value = wrong;
  return true;
}

const PADDING = 'x'.charCodeAt(0);

/**
 * Who is to be replaced by its owner, by the rule that its status tells him: all have found it to differ, and the others have
 * the same last index.
 */
export function replaceable(
  views: readonly (readonly [ActorId, ReplicaView])[],
  replicas: readonly ActorId[],
): ActorId | undefined {
  if (views.length < replicas.length) return undefined;
  return replicas.find((id, at) => {
    const member = BigInt(nodeId(at + 1));
    const others = views.filter(([other]) => other !== id).map(([, view]) => view);
    return (
      views.every(([, { machine }]) => machine.alarmed('corrupt', member)) &&
      others.every((view) => view.status().state === 'running') &&
      new Set(others.map(({ log }) => log.lastIndex())).size === 1
    );
  });
}
