import type { V1PodStatus } from '../api/index.js';
import { failed, ok, type Result } from '../base/index.js';
import type { LogsRequest } from '../protocol/index.js';

/**
 * Which container's output a request for logs means, as `runtime://id`; or why there is none, in the kubelet's words.
 * Pure; from the pod's status, as the kubelet decides it.
 */
export function logSource(
  status: V1PodStatus,
  { pod, container, previous }: LogsRequest,
): Result<string, string> {
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const found = statuses.find(({ name }) => name === container);
  if (found === undefined)
    return failed(`container "${container}" in pod "${pod}" is not available`);
  const last = found.lastState?.terminated?.containerID ?? '';
  if (previous)
    return last === ''
      ? failed(`previous terminated container "${container}" in pod "${pod}" not found`)
      : ok(last);
  const { running, terminated, waiting } = found.state ?? {};
  if (running !== undefined) return ok(found.containerID ?? '');
  const own = terminated?.containerID ?? '';
  if (own !== '') return ok(own);
  if (last !== '') return ok(last);
  if (terminated !== undefined)
    return failed(`container "${container}" in pod "${pod}" is terminated`);
  return failed(
    `container "${container}" in pod "${pod}" is waiting to start: ${waitingFor(waiting?.reason ?? 'no logs yet')}`,
  );
}

function waitingFor(reason: string): string {
  switch (reason) {
    case 'ErrImagePull':
      return "image can't be pulled";
    case 'ImagePullBackOff':
      return 'trying and failing to pull image';
    default:
      return reason;
  }
}
