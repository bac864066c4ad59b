import { forbiddenBecause } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { refuse } from '../outcome.js';
import { ADMITTED } from './admission.js';
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
  return (object as (KubernetesObject & { spec?: PodSpec }) | undefined)?.spec;
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

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Priority: a class becomes a number. Only the two classes of the system exist as yet. */
export const priorityAdmission: AdmissionPlugin = {
  name: 'Priority',
  admit(attributes) {
    const spec = createdPodSpec(attributes);
    if (spec === undefined) return ADMITTED;
    const className = spec.priorityClassName ?? '';
    const priority = className === '' ? 0 : SYSTEM_CLASSES[className];
    if (priority === undefined) {
      const detail = `no PriorityClass with name ${className} was found`;
      return refuse(forbiddenBecause(attributes.resource, attributes.name, detail));
    }
    spec.priority = priority;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    return ADMITTED;
  },
};
