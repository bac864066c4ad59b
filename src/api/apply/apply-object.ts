import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import type { KubernetesObject } from '../object.js';
import type { Application, Applied } from './application.js';
import { checkApplied, errorsText } from './check-applied.js';
import type { Changes } from './compare.js';
import { compareObjects } from './compare.js';
import { emptyObject } from './empty-object.js';
import { difference, differenceBelow, isEmptySet } from './field-set.js';
import { fieldsOf } from './fields-of.js';
import { forgivenConflicts, withLastApplied } from './last-applied.js';
import type { Owner, Owners } from './managed-fields.js';
import { managerKey, readOwners, writeOwners } from './managed-fields.js';
import { mergeObjects } from './merge.js';
import type { FieldConflict } from './ownership.js';
import {
  conflictsWith,
  countedChanges,
  NEVER_OWNED,
  ownersAfterUpdate,
  takeFromOthers,
} from './ownership.js';
import { prune } from './prune.js';
import { withoutManagedFields } from './track-update.js';

export type ApplyError =
  /** The configuration does not fit its type. */
  | { readonly type: 'not-typed'; readonly message: string }
  | { readonly type: 'conflicts'; readonly conflicts: readonly FieldConflict[] }
  /** The live object's entries cannot be read. */
  | { readonly type: 'unreadable' };

/** Who owns what was there before the first apply. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Server-side apply (KEP-555): the object that comes of it, and who then owns what. Nothing given is changed. */
export function applyObject(application: Application): Result<Applied, ApplyError> {
  const { shape, config, live } = application;
  const errors = checkApplied(config, shape);
  if (errors.length > 0) return failed({ type: 'not-typed', message: errorsText(errors) });
  const owners = ownersBefore(application);
  if (owners === undefined) return failed({ type: 'unreadable' });
  const plain = live === undefined ? undefined : withoutManagedFields(live);
  const applied = applyTo({ ...application, live: plain }, owners);
  if (applied.ok) return ok(withLastApplied(applied.value, config, application.manager));
  const remaining = forgivenConflicts(application, plain, applied.error);
  if (remaining.length > 0) return failed({ type: 'conflicts', conflicts: remaining });
  const forced = applyTo({ ...application, live: plain, force: true }, owners);
  return forced.ok
    ? ok(withLastApplied(forced.value, config, application.manager))
    : failed({ type: 'conflicts', conflicts: forced.error });
}

/** The owners of the live object. What nobody owns as yet is its earlier writers', under one name. */
function ownersBefore(application: Application): Owners | undefined {
  const { live, apiVersion, now, ignored, shape, model } = application;
  const owners = readOwners(live?.metadata?.managedFields);
  if (live === undefined || owners === undefined || owners.size > 0) return owners;
  const changes = compareObjects(emptyObject(model), withoutManagedFields(live), shape);
  const counted = countedChanges(changes, ignored);
  if (counted === undefined) return owners;
  const identity = {
    manager: BEFORE_FIRST_APPLY,
    operation: 'Update',
    apiVersion,
    subresource: application.subresource,
  } as const;
  return ownersAfterUpdate(owners, counted, identity, now);
}

function applyTo(
  application: Application,
  before: Owners,
): Result<Applied, readonly FieldConflict[]> {
  const { shape, live, config, ignored, manager, apiVersion, subresource, now } = application;
  const identity = { manager, operation: 'Apply', apiVersion, subresource } as const;
  const self = managerKey(identity);
  const fields = differenceBelow(fieldsOf(config, shape), ignored);
  const owners = new Map(before).set(self, { ...identity, time: now, fields });
  const merged = mergeObjects(live, config, shape);
  const object = prune(merged, before.get(self)?.fields, owners, shape) as KubernetesObject;
  const changes = changesOf(application, object);
  if (changes !== undefined && !application.force) {
    const conflicts = conflictsWith(owners, changes, self);
    if (conflicts.length > 0) return failed(conflicts);
  }
  const after = changes === undefined ? owners : takeFromOthers(owners, changes, self);
  return ok({ object, managedFields: writeOwners(withoutNeverOwned(after, self)) });
}

function changesOf(
  { live, model, shape, ignored }: Application,
  object: KubernetesObject,
): Changes | undefined {
  return countedChanges(compareObjects(live ?? emptyObject(model), object, shape), ignored);
}

function withoutNeverOwned(owners: Map<string, Owner>, self: string): Owners {
  const own = owners.get(self);
  if (own === undefined) return owners;
  const fields = difference(own.fields, NEVER_OWNED);
  if (isEmptySet(fields)) owners.delete(self);
  else owners.set(self, { ...own, fields });
  return owners;
}
