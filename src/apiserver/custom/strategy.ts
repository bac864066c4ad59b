import type { ApiResource, KubernetesObject } from '../../api/index.js';
import type { Strategy } from '../registry/strategy/strategy.js';

/** All but its metadata is a custom object's spec; its status is apart where the definition says so. */
const WITH_STATUS: Strategy = {
  needsResourceVersion: true,
  generationOf: ({ metadata: _metadata, status: _status, ...rest }) => rest,
  prepareForCreate: (object) => {
    delete object['status'];
  },
};

const WITHOUT_STATUS: Strategy = {
  needsResourceVersion: true,
  generationOf: ({ metadata: _metadata, ...rest }) => rest,
};

export function customStrategy({ custom }: ApiResource): Strategy {
  return custom?.hasStatus === true ? WITH_STATUS : WITHOUT_STATUS;
}

interface Definition extends KubernetesObject {
  spec?: { versions?: readonly { name: string; storage?: boolean }[] };
  status?: { storedVersions?: string[]; conditions?: { type: string }[] };
}

export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** CustomResourceDefinitions themselves. */
export const definitionStrategy: Strategy = {
  needsResourceVersion: true,
  generationOf: (object) => object['spec'],
  prepareForCreate(object: Definition) {
    object.status = { storedVersions: storageVersions(object, []) };
  },
  prepareForUpdate(object: Definition, old: Definition) {
    const stored = old.status?.storedVersions ?? [];
    object.status = { ...old.status, storedVersions: storageVersions(object, stored) };
  },
  /** Its objects go first, and the definition says so. */
  prepareForDelete(old: Definition, now) {
    if (old.metadata?.deletionTimestamp !== undefined) return old;
    const finalizers = old.metadata?.finalizers ?? [];
    const conditions = (old.status?.conditions ?? []).filter(({ type }) => type !== 'Terminating');
    const terminating = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: now,
      reason: 'InstanceDeletionPending',
      message:
        'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    return {
      ...old,
      metadata: {
        ...old.metadata,
        finalizers: finalizers.includes(CLEANUP_FINALIZER)
          ? finalizers
          : [...finalizers, CLEANUP_FINALIZER],
      },
      status: { ...old.status, conditions: [...conditions, terminating] },
    };
  },
};

function storageVersions({ spec }: Definition, stored: readonly string[]): string[] {
  const storage = spec?.versions?.find((version) => version.storage === true)?.name;
  return storage === undefined || stored.includes(storage) ? [...stored] : [...stored, storage];
}
