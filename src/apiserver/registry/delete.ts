import { notFound, preconditionFailed, success } from '../../api/index.js';
import type { ApiResource, KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import type { Clock } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { AdmittedRequest } from '../admission/admission.js';
import type { User } from '../authn.js';
import { readDeleteOptions } from './delete-options.js';
import type { DeleteOptions } from './delete-options.js';
import { guaranteedWrite } from './guaranteed-write.js';
import type { WritePlan, WriteResult } from './guaranteed-write.js';
import { jsonEqual } from './json-value.js';
import { timestamp } from './ports.js';
import type { RegistryPorts } from './ports.js';
import { objectReply } from './resource-request.js';
import type { ObjectReply, ResourceRequest } from './resource-request.js';
import type { Strategy } from './strategy/strategy.js';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** DELETE of an object. */
export async function deleteFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const { resource, target, user } = request;
  const options = readDeleteOptions(request);
  if (!options.ok) return options;
  const deleted = await deleteObject(ports, resource, target, options.value, { user, request });
  if (!deleted.ok) return deleted;
  const { type, object } = deleted.value;
  const { returnsDeleted, orphansByDefault } = ports.strategyOf(resource);
  const gone = type === 'removed' && returnsDeleted !== true;
  const warning = options.value.propagation === undefined ? orphansByDefault?.warning : undefined;
  return ok(
    objectReply(
      gone ? success(resource, target.name, object.metadata?.uid) : object,
      200,
      warning === undefined ? [] : [warning],
    ),
  );
}

/** Who deletes. */
export interface Deleter {
  readonly user: User;
  /** Absent: no webhook is asked. */
  readonly request?: AdmittedRequest;
  /** It is one of many: its name is not that of the request. */
  readonly ofCollection?: boolean;
}

/** Removes an object, or marks it where something has to happen first. */
export async function deleteObject(
  ports: RegistryPorts,
  resource: ApiResource,
  at: { readonly namespace: string; readonly name: string },
  options: DeleteOptions,
  { user, request, ofCollection = false }: Deleter,
): Promise<Outcome<WriteResult>> {
  const { namespace, name } = at;
  return await guaranteedWrite(
    ports,
    { resource, namespace, name, dryRun: options.dryRun },
    async (old) => {
      if (old === undefined) return refuse(notFound(resource, name));
      const refused = checkPreconditions(resource, old, options);
      if (refused !== undefined) return refuse(refused);
      const attributes = {
        operation: 'DELETE',
        resource,
        subresource: '',
        namespace,
        name: ofCollection ? '' : name,
        object: undefined,
        old,
        user,
        dryRun: options.dryRun,
        deleteOptions: options.sent,
        request,
      } as const;
      const admitted = await ports.admission.admit(attributes);
      if (!admitted.ok) return admitted;
      const validated = await ports.admission.validate(attributes);
      if (!validated.ok) return validated;
      return ok(planDelete(ports.clock, ports.strategyOf(resource), old, options));
    },
  );
}

function checkPreconditions(
  resource: ApiResource,
  old: KubernetesObject,
  { uid, resourceVersion }: DeleteOptions,
): ReturnType<typeof notFound> | undefined {
  const { name = '', uid: foundUid = '', resourceVersion: foundVersion = '' } = old.metadata ?? {};
  if (uid !== undefined && uid !== foundUid)
    return preconditionFailed(resource, name, 'UID', uid, foundUid);
  if (resourceVersion !== undefined && resourceVersion !== foundVersion) {
    return preconditionFailed(resource, name, 'ResourceVersion', resourceVersion, foundVersion);
  }
  return undefined;
}

/**
 * What a delete does to an object: removed at once, or marked with a deletionTimestamp where it has a grace period, or
 * finalizers, or a namespace's content (registry Store.Delete). Deleting again can only shorten the grace period.
 */
export function planDelete(
  clock: Clock,
  strategy: Strategy,
  stored: KubernetesObject,
  options: DeleteOptions,
): WritePlan {
  const old = strategy.prepareForDelete?.(stored, timestamp(clock)) ?? stored;
  const metadata = { ...old.metadata };
  const finalizers = finalizersFor(strategy, metadata.finalizers ?? [], options);
  const pending = metadata.deletionTimestamp !== undefined;
  const grace = graceFor(strategy, old, options);
  if (pending && grace === undefined) return { type: 'keep', object: old };
  const held = finalizers.length > 0 || namespaceHolds(old);
  if (!held && (grace ?? 0) === 0) return { type: 'remove', object: old };
  metadata.finalizers = finalizers;
  if (finalizers.length === 0) delete metadata.finalizers;
  if (!pending) {
    metadata.deletionTimestamp = timestamp(clock, grace ?? 0);
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if ((metadata.deletionGracePeriodSeconds ?? 0) !== grace) {
    const shorterBy = (metadata.deletionGracePeriodSeconds ?? 0) - (grace ?? 0);
    const before = Date.parse(metadata.deletionTimestamp ?? '');
    metadata.deletionTimestamp = `${new Date(before - shorterBy * 1_000).toISOString().slice(0, 19)}Z`;
  }
  if (!namespaceHolds(old)) metadata.deletionGracePeriodSeconds = grace ?? 0;
  const object = markTerminating({ ...old, metadata });
  return jsonEqual(object, stored) ? { type: 'keep', object: old } : { type: 'write', object };
}

/** The grace period that now holds; undefined: it is pending, and this request does not shorten it. */
function graceFor(
  strategy: Strategy,
  old: KubernetesObject,
  options: DeleteOptions,
): number | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata ?? {};
  if (deletionTimestamp === undefined)
    return strategy.gracePeriodSeconds?.(old, options.gracePeriodSeconds) ?? 0;
  if (strategy.gracePeriodSeconds === undefined || deletionGracePeriodSeconds === undefined)
    return 0;
  if (deletionGracePeriodSeconds === 0) return 0;
  const asked = options.gracePeriodSeconds;
  if (asked === undefined || asked >= deletionGracePeriodSeconds) return undefined;
  return Math.max(0, asked);
}

/** The propagation policy, as the finalizers by which the garbage collector is told of it. */
function finalizersFor(
  strategy: Strategy,
  finalizers: readonly string[],
  { propagation }: DeleteOptions,
): string[] {
  const own = finalizers.filter((each) => each !== ORPHAN && each !== FOREGROUND);
  if (propagation === 'Orphan') return [...own, ORPHAN];
  if (propagation === 'Foreground') return [...own, FOREGROUND];
  if (propagation === 'Background') return own;
  // What the object says of itself stands before what is usual for its kind.
  const says = own.length < finalizers.length;
  return says || strategy.orphansByDefault === undefined ? [...finalizers] : [...own, ORPHAN];
}

function namespaceHolds(object: KubernetesObject): boolean {
  if (object.kind !== 'Namespace') return false;
  const { finalizers = [] } = (object['spec'] ?? {}) as { finalizers?: string[] };
  return finalizers.length > 0;
}

function markTerminating(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Namespace') return object;
  return {
    ...object,
    status: { ...(object['status'] as object | undefined), phase: 'Terminating' },
  };
}
