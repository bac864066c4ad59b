import type { V1Container, V1Pod } from '../api/index.js';
import { referenceTo, Resource, type EventRecorder } from '../client/index.js';
import { initContainers } from './local-pod.js';

/** Tells people what happens to one pod, or to one of its containers. */
export type PodEvents = (
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: V1Container,
) => void;

export function podEvents(recorder: EventRecorder, pod: () => V1Pod): PodEvents {
  return (type, reason, message, container) => {
    const field = container === undefined ? {} : { fieldPath: fieldPathOf(pod(), container) };
    recorder.event({ ...referenceTo(Resource.pods, pod()), ...field }, type, reason, message);
  };
}

function fieldPathOf(pod: V1Pod, container: V1Container): string {
  const isInit = initContainers(pod).some(({ name }) => name === container.name);
  return `spec.${isInit ? 'initContainers' : 'containers'}{${container.name}}`;
}
