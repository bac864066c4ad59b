import type { Changes } from './compare.js';
import type { FieldSet, PathElement } from './field-set.js';
import {
  difference,
  differenceBelow,
  intersection,
  isEmptySet,
  pathsOf,
  setOf,
  union,
} from './field-set.js';
import type { ManagerIdentity, Owner, Owners } from './managed-fields.js';
import { compareText, managerKey } from './managed-fields.js';
import { fieldElement } from './path-element.js';

/** A field that another manager owns, and that an apply would change. */
export interface FieldConflict {
  readonly owner: Owner;
  readonly path: readonly PathElement[];
}

const metadata = (name: string): PathElement[] => [fieldElement('metadata'), fieldElement(name)];

/** What nobody owns, since no client sets it, or it says which object this is (managedfields' stripMeta). */
export const NEVER_OWNED: FieldSet = /* @__PURE__ */ setOf(
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [fieldElement('metadata')],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map(metadata),
);

/** The changes that count: none of what is never owned, nor of what this part of the object does not write. */
export function countedChanges(
  changes: Changes | undefined,
  ignored: FieldSet,
): Changes | undefined {
  if (changes === undefined) return undefined;
  const counted = (set: FieldSet): FieldSet =>
    isEmptySet(set) ? set : difference(differenceBelow(set, ignored), NEVER_OWNED);
  const added = counted(changes.added);
  const modified = counted(changes.modified);
  const removed = counted(changes.removed);
  if (isEmptySet(added) && isEmptySet(modified) && isEmptySet(removed)) return undefined;
  return { added, modified, removed };
}

/** Which fields of others these changes touch; managers in the order of their names. */
export function conflictsWith(owners: Owners, changes: Changes, self: string): FieldConflict[] {
  const written = union(changes.modified, changes.added);
  return [...owners]
    .filter(([key]) => key !== self)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, owner]) =>
      [...pathsOf(intersection(owner.fields, written))].map((path) => ({ owner, path })),
    );
}

/** What is left to the others after these changes. Who owns nothing any more is gone. */
export function takeFromOthers(owners: Owners, changes: Changes, self: string): Map<string, Owner> {
  const left = new Map<string, Owner>();
  for (const [key, owner] of owners) {
    const fields =
      key === self
        ? owner.fields
        : difference(
            difference(difference(owner.fields, changes.modified), changes.added),
            changes.removed,
          );
    if (isEmptySet(fields)) continue;
    left.set(key, fields === owner.fields ? owner : { ...owner, fields });
  }
  return left;
}

/** The owners after a create, an update or a patch: what it set to something else is its manager's. */
export function ownersAfterUpdate(
  owners: Owners,
  changes: Changes,
  identity: ManagerIdentity,
  now: string,
): Map<string, Owner> {
  const self = managerKey(identity);
  const left = takeFromOthers(owners, changes, self);
  const before = left.get(self);
  const written = union(changes.modified, changes.added);
  const kept = before === undefined ? {} : difference(before.fields, changes.removed);
  const fields = union(kept, written);
  left.delete(self);
  if (isEmptySet(fields)) return left;
  const time = isEmptySet(written) && before !== undefined ? before.time : now;
  left.set(self, { ...identity, time, fields });
  return left;
}
