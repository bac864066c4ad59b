import type { V1Pod } from '../api/index.js';
import type { ApiError, ApiObject, EventRecorder, ResourceDescriptor } from '../client/index.js';
import {
  isNamespaceTerminating,
  isNotFound,
  locationOf,
  nameOf,
  objectKey,
  referenceTo,
  Resource,
  uidOf,
} from '../client/index.js';
import type { ControllerPorts } from './controller.js';
import type { Expectations } from './expectations.js';
import { slowStartBatches } from './slow-start.js';

/** Makes and deletes an owner's pods, and tells of it as all controllers of Kubernetes do. Each returns the first error. */
export interface PodControl<T extends ApiObject> {
  /** In growing batches. A namespace that goes away takes no pods, which is no error: there is nothing to repeat. */
  create(owner: T, pods: readonly V1Pod[]): Promise<ApiError | undefined>;
  delete(owner: T, pods: readonly V1Pod[]): Promise<ApiError | undefined>;
}

/** What the control's controller works with. */
export interface PodControlParts<T extends ApiObject> {
  readonly resource: ResourceDescriptor<T>;
  readonly recorder: EventRecorder;
  readonly expectations: Expectations;
}

export function createPodControl<T extends ApiObject>(
  { context, client, informers }: Pick<ControllerPorts, 'context' | 'client' | 'informers'>,
  { resource, recorder, expectations }: PodControlParts<T>,
): PodControl<T> {
  const shown = informers.informer(Resource.pods);
  const nowMs = (): number => context.clock.monotonicMs();
  const tell = (owner: T, type: 'Normal' | 'Warning', reason: string, message: string): void => {
    recorder.event(referenceTo(resource, owner), type, reason, message);
  };

  async function createOne(owner: T, pod: V1Pod): Promise<ApiError | undefined> {
    const made = await client.create(Resource.pods, pod);
    if (!made.ok) {
      if (!isNamespaceTerminating(made.error))
        tell(owner, 'Warning', 'FailedCreate', `Error creating: ${made.error.message}`);
      return made.error;
    }
    if (shown.get(objectKey(made.value)) === undefined)
      expectations.expect(objectKey(owner), uidOf(made.value), nowMs());
    tell(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(made.value)}`);
    return undefined;
  }

  async function deleteOne(owner: T, pod: V1Pod): Promise<ApiError | undefined> {
    expectations.expect(objectKey(owner), uidOf(pod), nowMs());
    const gone = await client.delete(Resource.pods, locationOf(pod), { uid: uidOf(pod) });
    if (gone.ok) {
      tell(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
      return undefined;
    }
    expectations.observe(objectKey(owner), uidOf(pod));
    if (isNotFound(gone.error)) return undefined;
    tell(owner, 'Warning', 'FailedDelete', `Error deleting: ${gone.error.message}`);
    return gone.error;
  }

  return {
    create: async (owner, pods) => {
      const waiting = [...pods];
      for (const size of slowStartBatches(pods.length)) {
        const batch = waiting.splice(0, size);
        const error = await firstError(batch.map((pod) => createOne(owner, pod)));
        if (error !== undefined) return isNamespaceTerminating(error) ? undefined : error;
      }
      return undefined;
    },
    delete: (owner, pods) => firstError(pods.map((pod) => deleteOne(owner, pod))),
  };
}

/** Waits for all of them. */
export async function firstError(
  writes: readonly Promise<ApiError | undefined>[],
): Promise<ApiError | undefined> {
  return (await Promise.all(writes)).find((error) => error !== undefined);
}
