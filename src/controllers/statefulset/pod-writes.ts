import type { V1Pod, V1PodTemplateSpec, V1StatefulSet } from '../../api/index.js';
import type { ApiError } from '../../client/index.js';
import {
  isAlreadyExists,
  isNotFound,
  locationOf,
  nameOf,
  objectKey,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import type { Expectations } from '../expectations.js';
import type { ClaimWrites } from './claim-writes.js';
import type { StatefulEvents } from './events.js';
import { lastingLabels, ordinalOf, podName } from './identity.js';
import { statefulPod } from './pod.js';

/** Makes, mends and deletes pods, with their claims, and tells of it. Each returns its failure. */
export interface StatefulPodWrites {
  create(
    set: V1StatefulSet,
    ordinal: number,
    template: V1PodTemplateSpec,
    revision: string,
  ): Promise<ApiError | undefined>;
  repair(set: V1StatefulSet, pod: V1Pod): Promise<ApiError | undefined>;
  delete(set: V1StatefulSet, pod: V1Pod): Promise<ApiError | undefined>;
}

export function createStatefulPodWrites(
  { context, client, informers }: ControllerPorts,
  events: StatefulEvents,
  claims: ClaimWrites,
  expectations: Expectations,
): StatefulPodWrites {
  const pods = informers.informer(Resource.pods);
  const nowMs = (): number => context.clock.monotonicMs();

  return {
    create: async (set, ordinal, template, revision) => {
      const name = podName(set, ordinal);
      const error = await claims.create(set, ordinal);
      if (error !== undefined) {
        events.pod(set, 'create', name, error);
        return error;
      }
      const body = statefulPod(set, ordinal, template, revision);
      const made = await client.create(Resource.pods, body);
      if (!made.ok) {
        // The informer is behind; or somebody else has the name, and nobody knows for how long.
        if (!isAlreadyExists(made.error)) events.pod(set, 'create', name, made.error);
        return made.error;
      }
      if (pods.get(objectKey(made.value)) === undefined)
        expectations.expect(objectKey(set), uidOf(made.value), nowMs());
      events.pod(set, 'create', name, undefined);
      return claims.own(set, made.value);
    },
    repair: async (set, pod) => {
      const ordinal = ordinalOf(set, pod);
      if (ordinal === undefined) return undefined;
      let error = await claims.own(set, pod);
      if (error === undefined) {
        const { uid, resourceVersion } = pod.metadata ?? {};
        const metadata = { labels: lastingLabels(set, ordinal), uid, resourceVersion };
        const written = await client.patch(Resource.pods, locationOf(pod), { metadata });
        error = written.ok || isNotFound(written.error) ? undefined : written.error;
      }
      events.pod(set, 'update', nameOf(pod), error);
      return error;
    },
    delete: async (set, pod) => {
      expectations.expect(objectKey(set), uidOf(pod), nowMs());
      const gone = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
      if (!gone.ok) expectations.observe(objectKey(set), uidOf(pod));
      if (!gone.ok && isNotFound(gone.error)) return undefined;
      const error = gone.ok ? undefined : gone.error;
      events.pod(set, 'delete', nameOf(pod), error);
      return error;
    },
  };
}
