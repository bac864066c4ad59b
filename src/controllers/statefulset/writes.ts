import type {
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodTemplateSpec,
  V1StatefulSet,
} from '../../api/index.js';
import type { ApiError, ApiResult, EventRecorder, ObjectName } from '../../client/index.js';
import {
  isAlreadyExists,
  isNamespaceTerminating,
  isNotFound,
  keyOf,
  locationOf,
  nameOf,
  objectKey,
  referenceTo,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import type { Expectations } from '../expectations.js';
import { claimOwners, claimsOf, hasOwners } from './claims.js';
import { lastingLabels, ordinalOf, podName } from './identity.js';
import { statefulPod } from './pod.js';

type Verb = 'create' | 'update' | 'delete';
type Done = ApiError | undefined;

const BEING_DELETED = { code: 409, reason: 'Conflict', uncertain: false } as const;

/** Makes, mends and deletes pods and their claims, and tells of it. Each returns its failure. */
export interface StatefulWrites {
  createPod(
    set: V1StatefulSet,
    ordinal: number,
    template: V1PodTemplateSpec,
    revision: string,
  ): Promise<Done>;
  createClaims(set: V1StatefulSet, ordinal: number): Promise<Done>;
  repair(set: V1StatefulSet, pod: V1Pod): Promise<Done>;
  ownClaims(set: V1StatefulSet, pod: V1Pod): Promise<Done>;
  deletePod(set: V1StatefulSet, pod: V1Pod): Promise<Done>;
}

export function createStatefulWrites(
  { context, client, informers }: ControllerPorts,
  recorder: EventRecorder,
  expectations: Expectations,
): StatefulWrites {
  const pods = informers.informer(Resource.pods);
  const claims = informers.informer(Resource.persistentvolumeclaims);
  const nowMs = (): number => context.clock.monotonicMs();

  function tell(set: V1StatefulSet, verb: Verb, what: string, error: Done, ending: string): void {
    const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
    const message = `${verb} ${what} in StatefulSet ${nameOf(set)}`;
    const regarding = referenceTo(Resource.statefulsets, set);
    if (error === undefined)
      recorder.event(regarding, 'Normal', `Successful${title}`, `${message} ${ending}`);
    else if (!isNamespaceTerminating(error))
      recorder.event(
        regarding,
        'Warning',
        `Failed${title}`,
        `${message} failed error: ${error.message}`,
      );
  }

  function tellPod(set: V1StatefulSet, verb: Verb, pod: string, error: Done): void {
    tell(set, verb, `Pod ${pod}`, error, 'successful');
  }

  async function createClaims(set: V1StatefulSet, ordinal: number): Promise<Done> {
    const pod = podName(set, ordinal);
    for (const claim of claimsOf(set, ordinal)) {
      const name = nameOf(claim);
      const known = claims.get(objectKey(claim));
      if (known?.metadata?.deletionTimestamp !== undefined)
        return { ...BEING_DELETED, message: `pvc ${name} is being deleted` };
      if (known !== undefined) continue;
      const made = await client.create(Resource.persistentvolumeclaims, claim);
      if (!made.ok && isAlreadyExists(made.error)) continue;
      const what = made.ok ? `Claim ${name} Pod ${pod}` : `Claim ${name} for Pod ${pod}`;
      const error = made.ok ? undefined : made.error;
      tell(set, 'create', what, error, 'success');
      if (error !== undefined)
        return { ...error, message: `failed to create PVC ${name}: ${error.message}` };
    }
    return undefined;
  }

  async function createPod(
    set: V1StatefulSet,
    ordinal: number,
    template: V1PodTemplateSpec,
    revision: string,
  ): Promise<Done> {
    const name = podName(set, ordinal);
    const error = await createClaims(set, ordinal);
    if (error !== undefined) {
      tellPod(set, 'create', name, error);
      return error;
    }
    const made = await client.create(Resource.pods, statefulPod(set, ordinal, template, revision));
    if (!made.ok) {
      // The informer is behind; or somebody else has the name, and nobody knows for how long.
      if (!isAlreadyExists(made.error)) tellPod(set, 'create', name, made.error);
      return made.error;
    }
    if (pods.get(objectKey(made.value)) === undefined)
      expectations.expect(objectKey(set), uidOf(made.value), nowMs());
    tellPod(set, 'create', name, undefined);
    return ownClaims(set, made.value);
  }

  async function ownClaims(set: V1StatefulSet, pod: V1Pod): Promise<Done> {
    const ordinal = ordinalOf(set, pod);
    for (const wanted of ordinal === undefined ? [] : claimsOf(set, ordinal)) {
      const at = locationOf(wanted);
      const known = claims.get(keyOf(at)) ?? (await live(at));
      if (known === undefined) continue;
      const owners = claimOwners(known, set, pod);
      if (hasOwners(known, owners)) continue;
      const metadata = { ...known.metadata, ownerReferences: [...owners] };
      const written = await client.update(Resource.persistentvolumeclaims, { ...known, metadata });
      if (!written.ok && !isNotFound(written.error)) return written.error;
    }
    return undefined;
  }

  /** A claim that was made just now, and that the informer does not show yet. */
  async function live(at: ObjectName): Promise<V1PersistentVolumeClaim | undefined> {
    const found = await client.get(Resource.persistentvolumeclaims, at);
    return found.ok ? found.value : undefined;
  }

  async function repair(set: V1StatefulSet, pod: V1Pod): Promise<Done> {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) return undefined;
    const { uid, resourceVersion } = pod.metadata ?? {};
    const metadata = { labels: lastingLabels(set, ordinal), uid, resourceVersion };
    const owned = await ownClaims(set, pod);
    const error =
      owned ?? errorOf(await client.patch(Resource.pods, locationOf(pod), { metadata }));
    if (error !== undefined && isNotFound(error)) return undefined;
    tellPod(set, 'update', nameOf(pod), error);
    return error;
  }

  async function deletePod(set: V1StatefulSet, pod: V1Pod): Promise<Done> {
    expectations.expect(objectKey(set), uidOf(pod), nowMs());
    const gone = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
    if (!gone.ok) expectations.observe(objectKey(set), uidOf(pod));
    const error = errorOf(gone);
    if (error !== undefined && isNotFound(error)) return undefined;
    tellPod(set, 'delete', nameOf(pod), error);
    return error;
  }

  return { createPod, createClaims, repair, ownClaims, deletePod };
}

function errorOf(result: ApiResult<unknown>): Done {
  return result.ok ? undefined : result.error;
}
