import type { V1Container } from '../api/index.js';
import type { Clock } from '../base/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import { durationText, raised } from './backoff.js';
import type { ContainerError, LocalContainer } from './local-pod.js';
import type { PodEvents } from './pod-events.js';

export interface PullPorts {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly event: PodEvents;
}

/** distribution's reference grammar, as far as it tells a name from nonsense. */
const REFERENCE =
  /^[a-z0-9]+([._:/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,})?$/;

/** Sees to it that the image is there, by the container's pull policy; what comes of it is written down in `known`. */
export async function pullImage(
  ports: PullPorts,
  container: V1Container,
  known: LocalContainer,
): Promise<void> {
  const { runtime, event, clock } = ports;
  const image = container.image ?? '';
  if (!REFERENCE.test(image)) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    event('Warning', 'InspectFailed', message, container);
    failed(ports, container, known, { reason: 'InvalidImageName', message });
    return;
  }
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (policy !== 'Always' && (await runtime.imageStatus(image)) !== undefined) {
    succeeded(known);
    event(
      'Normal',
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
      container,
    );
    return;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    event('Warning', 'ErrImageNeverPull', message, container);
    failed(ports, container, known, { reason: 'ErrImageNeverPull', message });
    return;
  }
  const beganMs = clock.monotonicMs();
  event('Normal', 'Pulling', `Pulling image "${image}"`, container);
  const pulled = await runtime.pullImage(image);
  if (!pulled.ok) {
    event(
      'Warning',
      'Failed',
      `Failed to pull image "${image}": ${pulled.error.message}`,
      container,
    );
    failed(ports, container, known, { reason: 'ErrImagePull', message: pulled.error.message });
    return;
  }
  succeeded(known);
  const took = durationText(clock.monotonicMs() - beganMs);
  const size = `Image size: ${pulled.value.sizeBytes} bytes.`;
  event(
    'Normal',
    'Pulled',
    `Successfully pulled image "${image}" in ${took} (${took} including waiting). ${size}`,
    container,
  );
}

function succeeded(known: LocalContainer): void {
  known.image = 'present';
  known.imageError = undefined;
  known.imageBackoff = undefined;
}

function failed(
  { clock, event }: PullPorts,
  container: V1Container,
  known: LocalContainer,
  error: ContainerError,
): void {
  known.image = 'failed';
  known.imageError = error;
  known.imageBackoff = raised(known.imageBackoff, clock.monotonicMs());
  event('Warning', 'Failed', `Error: ${error.reason}`, container);
}

/** After a moment a failed pull is shown as one that is backed off from. */
export function showBackoff(container: V1Container, known: LocalContainer, event: PodEvents): void {
  known.image = 'backing-off';
  event('Normal', 'BackOff', `Back-off pulling image "${container.image ?? ''}"`, container);
  event('Warning', 'Failed', 'Error: ImagePullBackOff', container);
}
