import type { FieldSet } from './field-set.js';
import { difference, intersection, isEmptySet, NO_FIELDS, union } from './field-set.js';
import { fieldsOf, withNamedFields } from './fields-of.js';
import type { Owners } from './managed-fields.js';
import { removeFields } from './remove.js';
import type { Shape } from './shape.js';

/**
 * The merged object without what its applier set the last time, does not set any more, and nobody else owns: first all of
 * the last set goes, then what is owned comes back, then what was never the applier's (structured-merge-diff's prune).
 * `owners` already has the applier's new set.
 */
export function prune(
  merged: unknown,
  lastSet: FieldSet | undefined,
  owners: Owners,
  shape: Shape,
): unknown {
  if (lastSet === undefined || isEmptySet(lastSet)) return merged;
  const named = (set: FieldSet): FieldSet => withNamedFields(set, shape);
  const last = named(lastSet);
  const all = named(fieldsOf(merged, shape));
  const bare = removeFields(merged, last, shape);
  const owned = [...owners.values()].reduce<FieldSet>(
    (set, owner) => union(set, owner.fields),
    NO_FIELDS,
  );
  const wanted = union(named(fieldsOf(bare ?? {}, shape)), named(owned));
  const restored = removeFields(merged, difference(all, wanted), shape);
  const kept = named(fieldsOf(restored ?? {}, shape));
  return removeFields(merged, intersection(difference(all, kept), last), shape);
}
