import { badRequest } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';

interface Named {
  readonly name: string;
}
/** A pod, as far as its containers and its node go. */
export interface PodWithContainers extends KubernetesObject {
  spec?: {
    nodeName?: string;
    containers?: readonly Named[];
    initContainers?: readonly Named[];
    ephemeralContainers?: readonly Named[];
  };
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The container that a request means by its `container` parameter (empty: the annotated one, or the only one). */
export function chooseContainer(pod: PodWithContainers, asked: string): Outcome<string> {
  const name = pod.metadata?.name ?? '';
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const all = [...containers, ...initContainers, ...ephemeralContainers];
  if (asked !== '') {
    if (all.some((each) => each.name === asked)) return ok(asked);
    return refuse(badRequest(`container ${asked} is not valid for pod ${name}`));
  }
  const annotated = pod.metadata?.annotations?.[DEFAULT_CONTAINER] ?? '';
  if (containers.some((each) => each.name === annotated)) return ok(annotated);
  const [only] = containers;
  if (only !== undefined && containers.length === 1 && initContainers.length === 0)
    return ok(only.name);
  const choices = `choose one of: [${containers.map((each) => each.name).join(' ')}]`;
  const more =
    initContainers.length === 0
      ? ''
      : ` or one of the init containers: [${initContainers.map((each) => each.name).join(' ')}]`;
  return refuse(
    badRequest(`a container name must be specified for pod ${name}, ${choices}${more}`),
  );
}
