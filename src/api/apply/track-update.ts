import type { KubernetesObject } from '../object.js';
import { capUpdateManagers } from './cap-managers.js';
import { compareObjects, equal } from './compare.js';
import { emptyObject } from './empty-object.js';
import type { FieldSet } from './field-set.js';
import type { ManagedFieldsEntry, ManagerIdentity, Owners } from './managed-fields.js';
import { isReset, readOwners, readSentOwners, writeOwners } from './managed-fields.js';
import { countedChanges, ownersAfterUpdate } from './ownership.js';
import type { MapShape } from './shape.js';

export interface UpdateToTrack {
  readonly shape: MapShape;
  /** The model of a built-in type, whose empty structs are always there. */
  readonly model?: string;
  /** Undefined: the object is created. */
  readonly live: KubernetesObject | undefined;
  /** What is to be stored, with the managed fields that the client sent, if any. */
  readonly object: KubernetesObject;
  readonly identity: ManagerIdentity;
  /** Fields that this request does not write, whatever it says. */
  readonly ignored: FieldSet;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * `metadata.managedFields` after a create, an update or a patch. Undefined: there are none. An object whose fields nobody
 * owns is not tracked until somebody applies to it. Where nothing changes hands, the result is what the live object has.
 */
export function trackUpdate(update: UpdateToTrack): readonly ManagedFieldsEntry[] | undefined {
  const { live, object, identity } = update;
  const stored = live?.metadata?.managedFields as ManagedFieldsEntry[] | undefined;
  const sent = live === undefined ? undefined : object.metadata?.managedFields;
  const mayManage = identity.subresource === '' && sent !== undefined && sent.length > 0;
  if (mayManage && isReset(sent)) return undefined;
  const rewritten = mayManage && !equal(sent, stored) ? readSentOwners(sent) : undefined;
  const known = rewritten !== undefined && rewritten.size > 0 ? rewritten : undefined;
  if (live !== undefined && known === undefined && (stored ?? []).length === 0) return undefined;
  const before = live ?? emptyObject(update.model);
  const changes = countedChanges(
    compareObjects(withoutManagedFields(before), withoutManagedFields(object), update.shape),
    update.ignored,
  );
  if (changes === undefined) return known === undefined ? stored : writeOwners(known);
  // Entries that cannot be read are of no use to anybody, and are dropped.
  const owners: Owners = known ?? readOwners(stored) ?? new Map();
  const after = capUpdateManagers(ownersAfterUpdate(owners, changes, identity, update.now));
  return after.size === 0 ? undefined : writeOwners(after);
}

export function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Whether two lists of entries differ in their times at most, and so in their order, which follows from the times. */
export function sameButForTimes(
  a: readonly unknown[] | undefined,
  b: readonly unknown[] | undefined,
): boolean {
  if (a === b) return true;
  const [left, right] = [readOwners(a), readOwners(b)];
  if (left?.size !== right?.size) return false;
  return [...(left ?? [])].every(([key, owner]) => {
    const other = right?.get(key);
    return equal({ ...owner, time: undefined }, { ...other, time: undefined });
  });
}
