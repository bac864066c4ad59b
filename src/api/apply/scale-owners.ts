import type { FieldSet, PathElement } from './field-set.js';
import { difference, hasPath, isEmptySet, setOf } from './field-set.js';
import type { ManagedFieldsEntry, Owner } from './managed-fields.js';
import { managerKey, readOwners, writeOwners } from './managed-fields.js';
import { fieldElement } from './path-element.js';

const SCALE_VERSION = 'autoscaling/v1';

/** `spec.replicas`: where Scale has it, and all built-in kinds that scale. */
export const REPLICAS_PATH: readonly PathElement[] = /* @__PURE__ */ [
  fieldElement('spec'),
  fieldElement('replicas'),
];
const REPLICAS: FieldSet = /* @__PURE__ */ setOf(REPLICAS_PATH);

/** The entries of a workload, as those of its Scale: of each manager, only whether it owns the replicas. */
export function scaleEntries(
  parent: readonly unknown[] | undefined,
  path: readonly PathElement[] = REPLICAS_PATH,
): readonly ManagedFieldsEntry[] {
  const owners = new Map<string, Owner>();
  for (const [key, owner] of readOwners(parent) ?? []) {
    if (!hasPath(owner.fields, path)) continue;
    owners.set(key, { ...owner, apiVersion: SCALE_VERSION, fields: REPLICAS });
  }
  return writeOwners(owners);
}

/** The entries of a workload after its Scale was written: who lost the replicas there loses them here (ScaleHandler). */
export function entriesAfterScale(
  parent: readonly unknown[] | undefined,
  scale: readonly unknown[] | undefined,
  apiVersion: string,
  path: readonly PathElement[] = REPLICAS_PATH,
): readonly ManagedFieldsEntry[] | undefined {
  const left = new Map<string, Owner>();
  // The version in an updater's key is the parent's here, and Scale's there.
  const scalers = new Map(
    [...(readOwners(scale) ?? new Map<string, Owner>()).values()].map((owner) => {
      const own = { ...owner, apiVersion, fields: setOf(path) };
      return [managerKey(own), own] as const;
    }),
  );
  for (const [key, owner] of readOwners(parent) ?? []) {
    const keeps = !hasPath(owner.fields, path) || scalers.delete(key);
    const fields = keeps ? owner.fields : difference(owner.fields, setOf(path));
    if (!isEmptySet(fields)) left.set(key, { ...owner, fields });
  }
  for (const [key, owner] of scalers) left.set(key, owner);
  return left.size === 0 ? undefined : writeOwners(left);
}
