import type { OwnerReference } from '../../api/index.js';
import { findKind } from '../../api/index.js';
import type { ApiResult, Reconciled, ResourceDescriptor } from '../../client/index.js';
import {
  createReconciler,
  isConflict,
  isNotFound,
  locationOf,
  RECONCILED,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerFactory } from '../controller.js';
import { customResourceOf } from '../custom-resources.js';
import { sameJson } from '../same-json.js';
import type { GraphNode } from './graph.js';
import { createOwnerGraph, graphId } from './graph.js';
import type { OwnerState } from './plan.js';
import {
  FOREGROUND,
  ORPHAN,
  planCollection,
  planOwnerDeletion,
  waitsForDependents,
} from './plan.js';

/** Uids that a live read did not find, or whose end was seen; one is never given twice. */
const ABSENT_MAX = 500;
/** Until the objects of a new custom resource are known. */
const LOOK_AGAIN_MS = 200;

/** Deletes objects whose owners are gone, and helps owners to go after, or without, their dependents. */
export const garbageCollector: ControllerFactory = (ports) => {
  const { context, client, informers } = ports;
  const graph = createOwnerGraph(ports);
  const definitions = informers.informer(Resource.customresourcedefinitions);
  const absent = new Set<string>();
  /** Objects that are kept because an owner's kind is not served: until it is. */
  const undecided = new Set<string>();
  const reconciler = createReconciler(
    context,
    { name: 'garbage-collector', concurrency: 8 },
    reconcile,
  );
  let deleted = 0;

  graph.onChange((resource, old, object) => {
    if (object !== undefined) {
      const referring = !sameJson(old?.metadata?.ownerReferences, object.metadata?.ownerReferences);
      const dying =
        object.metadata?.deletionTimestamp !== undefined &&
        (object.metadata.finalizers ?? []).length > 0;
      if (referring || dying) reconciler.enqueue(graphId(resource, object));
      if (dying) enqueueDependents(uidOf(object));
    } else if (old !== undefined) {
      undecided.delete(graphId(resource, old));
      if (graph.dependentsOf(uidOf(old)).length > 0) noteAbsent(uidOf(old));
      enqueueDependents(uidOf(old));
    }
    // A dependent that went, or let go, may have been the last for which its owner waits.
    for (const { uid } of old?.metadata?.ownerReferences ?? []) {
      const owner = graph.byUid(uid);
      if (owner?.object.metadata?.deletionTimestamp !== undefined)
        reconciler.enqueue(graphId(owner.resource, owner.object));
    }
  });

  graph.onKinds(() => {
    for (const id of undecided) reconciler.enqueue(id);
    undecided.clear();
  });

  function noteAbsent(uid: string): void {
    absent.add(uid);
    for (const oldest of absent) if (absent.size > ABSENT_MAX) absent.delete(oldest);
  }

  function enqueueDependents(uid: string): void {
    for (const { resource, object } of graph.dependentsOf(uid))
      reconciler.enqueue(graphId(resource, object));
  }

  async function reconcile(id: string): Promise<Reconciled> {
    const node = graph.byId(id);
    if (node === undefined) return RECONCILED;
    const dying = node.object.metadata?.deletionTimestamp !== undefined;
    // Who waits for its dependents must know all of them.
    if (dying && !graph.hasSynced()) return { type: 'again', afterMs: LOOK_AGAIN_MS };
    const result = dying ? await letGo(node) : await collect(node);
    if (result.ok || isNotFound(result.error)) return RECONCILED;
    // Somebody else wrote first: with the newer state it comes again.
    if (!isConflict(result.error))
      context.log.warn('garbage not collected', { object: id, error: result.error.message });
    return { type: 'failed', error: result.error };
  }

  async function collect({ resource, object }: GraphNode): Promise<ApiResult<unknown>> {
    const states = new Map<string, OwnerState>();
    for (const reference of object.metadata?.ownerReferences ?? []) {
      const state = await ownerState(reference, object.metadata?.namespace);
      if (!state.ok) return state;
      states.set(reference.uid, state.value);
    }
    if ([...states.values()].includes('unknown')) undecided.add(graphId(resource, object));
    const plan = planCollection(
      object,
      ({ uid }) => states.get(uid) ?? 'unknown',
      graph.dependentsOf(uidOf(object)).map((dependent) => dependent.object),
    );
    const at = locationOf(object);
    const { uid } = object.metadata ?? {};
    let { resourceVersion } = object.metadata ?? {};
    switch (plan.type) {
      case 'keep':
        return { ok: true, value: undefined };
      case 'unreference':
        return client.patch(resource, at, {
          metadata: { ownerReferences: plan.ownerReferences, uid, resourceVersion },
        });
      case 'delete': {
        if (plan.unblock !== undefined) {
          const unblocked = await client.patch(resource, at, {
            metadata: { ownerReferences: plan.unblock, uid, resourceVersion },
          });
          if (!unblocked.ok) return unblocked;
          resourceVersion = unblocked.value.metadata?.resourceVersion;
        }
        const gone = await client.delete(resource, at, {
          uid,
          resourceVersion,
          propagationPolicy: plan.propagationPolicy,
        });
        if (gone.ok) deleted++;
        return gone;
      }
    }
  }

  async function ownerState(
    reference: OwnerReference,
    namespace: string | undefined,
  ): Promise<ApiResult<OwnerState>> {
    if (absent.has(reference.uid)) return { ok: true, value: 'absent' };
    const row: ResourceDescriptor | undefined =
      findKind(reference.apiVersion, reference.kind) ??
      customResourceOf(definitions.list(), reference.apiVersion, reference.kind);
    // A kind that is not served, or an owner in a namespace for an object in none: nobody can tell.
    if (row === undefined || (row.namespaced && namespace === undefined))
      return { ok: true, value: 'unknown' };
    const known = graph.byUid(reference.uid)?.object;
    if (known !== undefined && (!row.namespaced || known.metadata?.namespace === namespace))
      return { ok: true, value: waitsForDependents(known) ? 'waiting' : 'solid' };
    const live = await client.get(row, {
      namespace: row.namespaced ? namespace : undefined,
      name: reference.name,
    });
    if (!live.ok && !isNotFound(live.error)) return live;
    if (live.ok && uidOf(live.value) === reference.uid) return { ok: true, value: 'solid' };
    noteAbsent(reference.uid);
    return { ok: true, value: 'absent' };
  }

  async function letGo({ resource, object }: GraphNode): Promise<ApiResult<unknown>> {
    const dependents = graph.dependentsOf(uidOf(object));
    const plan = planOwnerDeletion(
      object,
      dependents.map((dependent) => dependent.object),
    );
    switch (plan.type) {
      case 'none':
        return { ok: true, value: undefined };
      case 'wait':
        // Those that wait themselves are looked at when what they wait for changes; else a circle would never rest.
        for (const dependent of dependents)
          if (!waitsForDependents(dependent.object))
            reconciler.enqueue(graphId(dependent.resource, dependent.object));
        return { ok: true, value: undefined };
      case 'orphan':
        for (const dependent of dependents) {
          const orphaned = await dropReference(dependent, uidOf(object));
          if (!orphaned.ok && !isNotFound(orphaned.error)) return orphaned;
        }
        return dropFinalizer({ resource, object }, ORPHAN);
      case 'release':
        return dropFinalizer({ resource, object }, FOREGROUND);
    }
  }

  async function dropReference(
    { resource, object }: GraphNode,
    ownerUid: string,
  ): Promise<ApiResult<unknown>> {
    const { resourceVersion, uid } = object.metadata ?? {};
    const ownerReferences = (object.metadata?.ownerReferences ?? []).filter(
      (reference) => reference.uid !== ownerUid,
    );
    return client.patch(resource, locationOf(object), {
      metadata: { ownerReferences, uid, resourceVersion },
    });
  }

  async function dropFinalizer(
    { resource, object }: GraphNode,
    finalizer: string,
  ): Promise<ApiResult<unknown>> {
    const { resourceVersion, uid } = object.metadata ?? {};
    const finalizers = (object.metadata?.finalizers ?? []).filter((each) => each !== finalizer);
    return client.patch(resource, locationOf(object), {
      metadata: { finalizers, uid, resourceVersion },
    });
  }

  return {
    name: 'garbage-collector',
    start: reconciler.start,
    stop: () => {
      reconciler.stop();
      graph.stop();
    },
    report: () => ({ ...reconciler.report(), deleted }),
  };
};
