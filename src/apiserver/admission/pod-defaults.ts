import type { KubernetesObject } from '../../api/index.js';
import { refuse } from '../outcome.js';
import { ADMITTED, forbiddenAs } from './admission.js';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.js';

interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}
interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  priorityClassName?: string;
  priority?: number;
  preemptionPolicy?: string;
  tolerations?: Toleration[];
}

function createdPodSpec({
  operation,
  resource,
  subresource,
  object,
}: AdmissionAttributes): PodSpec | undefined {
  if (
    operation !== 'CREATE' ||
    subresource !== '' ||
    resource.resource !== 'pods' ||
    resource.group !== ''
  )
    return undefined;
  const pod: (KubernetesObject & { spec?: PodSpec }) | undefined = object;
  return pod?.spec;
}

/**
 * ServiceAccount: a pod runs as `default` unless it says otherwise. A service account that is not there yet does not
 * hold up the pod here: nothing of it is needed to run one.
 */
export const serviceAccountAdmission: AdmissionPlugin = {
  name: 'ServiceAccount',
  admit(attributes) {
    const spec = createdPodSpec(attributes);
    if (spec === undefined) return ADMITTED;
    spec.serviceAccountName ??= spec.serviceAccount ?? 'default';
    spec.serviceAccount = spec.serviceAccountName;
    return ADMITTED;
  },
};

const TOLERATED: readonly string[] = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
];
const TOLERATION_SECONDS = 300;

/** DefaultTolerationSeconds: a pod stays for five minutes on a node that is not ready or cannot be reached. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(attributes) {
    const spec = createdPodSpec(attributes);
    if (spec === undefined) return ADMITTED;
    const tolerations = spec.tolerations ?? [];
    const missing = TOLERATED.filter(
      (key) => !tolerations.some((each) => toleratesNoExecute(each, key)),
    );
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }));
    if (added.length > 0) spec.tolerations = [...tolerations, ...added];
    return ADMITTED;
  },
};

function toleratesNoExecute({ key = '', effect = '' }: Toleration, wanted: string): boolean {
  return (key === wanted || key === '') && (effect === 'NoExecute' || effect === '');
}

interface PriorityClass extends KubernetesObject {
  value?: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

/** Priority: a pod's class becomes a number. A pod without one has that of the default class, where there is one. */
export function priorityAdmission(classes: () => Iterable<KubernetesObject>): AdmissionPlugin {
  return {
    name: 'Priority',
    admit(attributes) {
      const spec = createdPodSpec(attributes);
      if (spec === undefined) return ADMITTED;
      const className = spec.priorityClassName ?? '';
      const found = findClass(classes() as Iterable<PriorityClass>, className);
      if (found === undefined && className !== '') {
        const detail = `no PriorityClass with name ${className} was found`;
        return refuse(forbiddenAs(attributes, detail));
      }
      const name = found?.metadata?.name;
      if (name !== undefined) spec.priorityClassName = name;
      spec.priority = found?.value ?? 0;
      spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority';
      return ADMITTED;
    },
  };
}

/** Of several default classes the one with the lowest value counts. */
function findClass(classes: Iterable<PriorityClass>, name: string): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const each of classes) {
    if (name !== '') {
      if (each.metadata?.name === name) return each;
    } else if (each.globalDefault === true && (each.value ?? 0) < (found?.value ?? Infinity))
      found = each;
  }
  return found;
}
