import type { V1NamespaceCondition } from '../../api/index.js';
import { withCondition } from '../../api/index.js';

/** What is left of one resource in a namespace that goes away. */
export interface Remaining {
  /** `deployments.apps`. */
  readonly resource: string;
  readonly count: number;
  /** How many of them each finalizer holds. */
  readonly finalizers: ReadonlyMap<string, number>;
}

export interface ContentDeletion {
  readonly remaining: readonly Remaining[];
  /** The messages of deletes that failed. */
  readonly failures: readonly string[];
}

/** The conditions of a namespace that goes away, in the words of Kubernetes. */
export function namespaceConditions(
  old: readonly V1NamespaceCondition[],
  { remaining, failures }: ContentDeletion,
  now: string,
): readonly V1NamespaceCondition[] {
  let conditions = old;
  const set = (type: string, status: 'True' | 'False', reason: string, message: string): void => {
    conditions = withCondition(conditions, { type, status, reason, message }, now);
  };
  set(
    'NamespaceDeletionDiscoveryFailure',
    'False',
    'ResourcesDiscovered',
    'All resources successfully discovered',
  );
  set(
    'NamespaceDeletionGroupVersionParsingFailure',
    'False',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  );
  if (failures.length === 0) {
    set(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    );
  } else {
    const message = `Failed to delete all resource types, ${String(failures.length)} remaining: ${[...failures].sort().join(', ')}`;
    set('NamespaceDeletionContentFailure', 'True', 'ContentDeletionFailed', message);
  }
  const left = remaining.filter(({ count }) => count > 0);
  if (left.length === 0) {
    set('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed');
  } else {
    const rows = left
      .map(({ resource, count }) => `${resource}. has ${String(count)} resource instances`)
      .sort();
    set(
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      `Some resources are remaining: ${rows.join(', ')}`,
    );
  }
  const finalizers = countFinalizers(left);
  if (finalizers.size === 0) {
    set(
      'NamespaceFinalizersRemaining',
      'False',
      'ContentHasNoFinalizers',
      'All content-preserving finalizers finished',
    );
  } else {
    const rows = [...finalizers]
      .map(([name, count]) => `${name} in ${String(count)} resource instances`)
      .sort();
    const message = `Some content in the namespace has finalizers remaining: ${rows.join(', ')}`;
    set('NamespaceFinalizersRemaining', 'True', 'SomeFinalizersRemain', message);
  }
  return conditions;
}

function countFinalizers(remaining: readonly Remaining[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { finalizers } of remaining) {
    for (const [name, count] of finalizers) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

export function isEmpty({ remaining, failures }: ContentDeletion): boolean {
  return failures.length === 0 && remaining.every(({ count }) => count === 0);
}
