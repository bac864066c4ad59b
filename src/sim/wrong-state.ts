import { assert } from '../base/index.js';
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
