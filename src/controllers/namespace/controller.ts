import type { ApiResource, V1Namespace } from '../../api/index.js';
import { RESOURCES } from '../../api/index.js';
import type { ApiObject, Reconciled, ResourceDescriptor } from '../../client/index.js';
import {
  createReconciler,
  isConflict,
  isNotFound,
  nameOf,
  objectKey,
  qualifiedResource,
  RECONCILED,
  Resource,
  timestamp,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { customResources } from '../custom-resources.js';
import { sameJson } from '../same-json.js';
import type { ContentDeletion, Remaining } from './plan.js';
import { isEmpty, namespaceConditions } from './plan.js';

const FINALIZER = 'kubernetes';
/** While content is left: its pods take their time to end. */
const LOOK_AGAIN_MS = 500;

/** What must be gone before a namespace is: all namespaced resources that can be deleted, and custom ones. */
const CONTENT: readonly ApiResource[] = RESOURCES.filter(
  (row) =>
    row.storedAs === undefined &&
    row.namespaced &&
    row.verbs.includes('list') &&
    row.verbs.includes('deletecollection'),
);

/** Empties a namespace that is being deleted, and then lets it go. */
export const namespaceController: ControllerFactory = ({ context, client, informers }) => {
  const namespaces = informers.informer(Resource.namespaces);
  const reconciler = createReconciler(context, { name: 'namespace' }, reconcile);
  const consider = (namespace: V1Namespace): void => {
    if (namespace.metadata?.deletionTimestamp !== undefined)
      reconciler.enqueue(objectKey(namespace));
  };
  namespaces.addHandler({
    onAdd: consider,
    onUpdate: (_old, namespace) => {
      consider(namespace);
    },
  });

  async function reconcile(key: string): Promise<Reconciled> {
    const namespace = namespaces.get(key);
    if (namespace?.metadata?.deletionTimestamp === undefined) return RECONCILED;
    if (!(namespace.spec?.finalizers ?? []).includes(FINALIZER)) return RECONCILED;
    const deletion = await deleteContent(nameOf(namespace));
    const current = await writeConditions(namespace, deletion);
    if (!isEmpty(deletion)) return { type: 'again', afterMs: LOOK_AGAIN_MS };
    const finalizers = (current.spec?.finalizers ?? []).filter((each) => each !== FINALIZER);
    const released = await client.updateSubresource(Resource.namespaces, 'finalize', {
      ...current,
      spec: { ...current.spec, finalizers },
    });
    if (released.ok || isNotFound(released.error)) return RECONCILED;
    return isConflict(released.error)
      ? { type: 'again', afterMs: LOOK_AGAIN_MS }
      : { type: 'failed', error: released.error };
  }

  async function deleteContent(namespace: string): Promise<ContentDeletion> {
    const remaining: Remaining[] = [];
    const failures: string[] = [];
    const definitions = await client.list(Resource.customresourcedefinitions);
    if (!definitions.ok)
      failures.push(
        `${qualifiedResource(Resource.customresourcedefinitions)}: ${definitions.error.message}`,
      );
    const custom = definitions.ok
      ? customResources(definitions.value.items).filter((each) => each.namespaced)
      : [];
    for (const resource of [...CONTENT, ...custom]) {
      const left = await client.list(resource, { namespace });
      if (!left.ok) {
        failures.push(`${qualifiedResource(resource)}: ${left.error.message}`);
        continue;
      }
      if (left.value.items.every((object) => object.metadata?.deletionTimestamp !== undefined)) {
        remaining.push(remainingOf(resource, left.value.items));
        continue;
      }
      const deleted = await client.deleteCollection(resource, {
        namespace,
        propagationPolicy: 'Background',
      });
      if (!deleted.ok) failures.push(`${qualifiedResource(resource)}: ${deleted.error.message}`);
      const after = await client.list(resource, { namespace });
      remaining.push(remainingOf(resource, after.ok ? after.value.items : left.value.items));
    }
    return { remaining, failures };
  }

  /** Returns the namespace as it is after the write. */
  async function writeConditions(
    namespace: V1Namespace,
    deletion: ContentDeletion,
  ): Promise<V1Namespace> {
    const now = timestamp(context.clock.wallMs());
    const conditions = [...namespaceConditions(namespace.status?.conditions ?? [], deletion, now)];
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    if (sameJson(status, namespace.status)) return namespace;
    const written = await client.updateStatus(Resource.namespaces, { ...namespace, status });
    return written.ok ? written.value : namespace;
  }

  return {
    name: 'namespace',
    start: reconciler.start,
    stop: reconciler.stop,
    report: reconciler.report,
  };
};

function remainingOf(resource: ResourceDescriptor, objects: readonly ApiObject[]): Remaining {
  const finalizers = new Map<string, number>();
  for (const object of objects) {
    for (const name of object.metadata?.finalizers ?? [])
      finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
  }
  return { resource: qualifiedResource(resource), count: objects.length, finalizers };
}
