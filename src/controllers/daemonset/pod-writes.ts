import type { V1DaemonSet, V1Pod } from '../../api/index.js';
import type { ApiError, EventRecorder } from '../../client/index.js';
import {
  isNamespaceTerminating,
  isNotFound,
  locationOf,
  nameOf,
  objectKey,
  referenceTo,
  Resource,
  uidOf,
} from '../../client/index.js';
import type { ControllerPorts } from '../controller.js';
import type { Expectations } from '../expectations.js';
import { slowStartBatches } from '../replicaset/plan.js';
import { daemonPod } from './pod.js';

/** Pods made or deleted in one go, at most. */
const BURST = 250;

/** Makes and deletes daemon pods, and tells of it. Each returns the first failure. */
export interface DaemonPodWrites {
  create(set: V1DaemonSet, nodes: readonly string[], hash: string): Promise<ApiError | undefined>;
  delete(set: V1DaemonSet, pods: readonly V1Pod[]): Promise<ApiError | undefined>;
}

export function createDaemonPodWrites(
  { context, client, informers }: ControllerPorts,
  recorder: EventRecorder,
  expectations: Expectations,
): DaemonPodWrites {
  const pods = informers.informer(Resource.pods);
  const nowMs = (): number => context.clock.monotonicMs();
  const tell = (
    set: V1DaemonSet,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void => {
    recorder.event(referenceTo(Resource.daemonsets, set), type, reason, message);
  };

  async function createOne(
    set: V1DaemonSet,
    node: string,
    hash: string,
  ): Promise<ApiError | undefined> {
    const made = await client.create(Resource.pods, daemonPod(set, node, hash));
    if (!made.ok) {
      if (!isNamespaceTerminating(made.error))
        tell(set, 'Warning', 'FailedCreate', `Error creating: ${made.error.message}`);
      return made.error;
    }
    if (pods.get(objectKey(made.value)) === undefined)
      expectations.expect(objectKey(set), uidOf(made.value), nowMs());
    tell(set, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(made.value)}`);
    return undefined;
  }

  async function deleteOne(set: V1DaemonSet, pod: V1Pod): Promise<ApiError | undefined> {
    expectations.expect(objectKey(set), uidOf(pod), nowMs());
    const gone = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
    if (gone.ok) {
      tell(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
      return undefined;
    }
    expectations.observe(objectKey(set), uidOf(pod));
    if (isNotFound(gone.error)) return undefined;
    tell(set, 'Warning', 'FailedDelete', `Error deleting: ${gone.error.message}`);
    return gone.error;
  }

  return {
    create: async (set, nodes, hash) => {
      const waiting = nodes.slice(0, BURST);
      for (const size of slowStartBatches(waiting.length)) {
        const batch = waiting.splice(0, size);
        const errors = await Promise.all(batch.map((node) => createOne(set, node, hash)));
        const error = errors.find((each) => each !== undefined);
        // A namespace that goes away takes no pods: nothing to repeat.
        if (error !== undefined) return isNamespaceTerminating(error) ? undefined : error;
      }
      return undefined;
    },
    delete: async (set, doomed) => {
      const some = doomed.slice(0, BURST);
      const errors = await Promise.all(some.map((pod) => deleteOne(set, pod)));
      return errors.find((each) => each !== undefined);
    },
  };
}
