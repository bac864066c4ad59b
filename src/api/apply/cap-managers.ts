import { NO_FIELDS, union } from './field-set.js';
import type { Owner, Owners } from './managed-fields.js';
import { compareText, managerKey } from './managed-fields.js';

/** So many managers that update an object are told apart; the oldest are put together beyond. */
const UPDATE_MANAGERS_MAX = 10;
const OLDEST = 'ancient-changes';

/** Bounds what an object carries about its writers (managedfields' capManagers). Appliers are never put together. */
export function capUpdateManagers(owners: Owners): Owners {
  const updaters = [...owners].filter(([, owner]) => owner.operation === 'Update');
  if (updaters.length <= UPDATE_MANAGERS_MAX) return owners;
  updaters.sort(
    ([a, one], [b, other]) => compareText(one.time ?? '', other.time ?? '') || compareText(a, b),
  );
  const capped = new Map(owners);
  const firstOf = new Map<string, string>();
  let count = updaters.length;
  for (const [key, owner] of updaters) {
    if (count <= UPDATE_MANAGERS_MAX) break;
    const first = firstOf.get(owner.apiVersion);
    if (first === undefined) {
      firstOf.set(owner.apiVersion, key);
      continue;
    }
    const bucket = bucketOf(owner);
    const into = managerKey(bucket);
    const known = into === first || into === key ? undefined : capped.get(into);
    const parts = [capped.get(first), owner, known].map((each) => each?.fields ?? NO_FIELDS);
    capped.delete(first);
    capped.delete(key);
    capped.set(into, { ...bucket, fields: parts.reduce(union) });
    firstOf.set(owner.apiVersion, into);
    count -= known === undefined ? 1 : 2;
  }
  return capped;
}

/** For one version, as of the newest change that went into it. */
function bucketOf({ apiVersion, time }: Owner): Owner {
  const identity = { manager: OLDEST, operation: 'Update', apiVersion, subresource: '' } as const;
  return { ...identity, time, fields: {} };
}
