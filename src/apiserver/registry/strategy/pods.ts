import { fieldElement, podQosClass, setOf, withCondition } from '../../../api/index.js';
import type { Condition, KubernetesObject } from '../../../api/index.js';
import { timestamp } from '../ports.js';
import type { Strategy } from './strategy.js';

interface Pod extends KubernetesObject {
  spec?: PodSpec;
  status?: { phase?: string; qosClass?: string; [field: string]: unknown };
}

interface PodSpec {
  nodeName?: string;
  ephemeralContainers?: unknown;
  containers?: readonly Container[];
  initContainers?: readonly Container[];
  schedulingGates?: readonly unknown[];
  terminationGracePeriodSeconds?: number;
}

interface Container {
  readonly name: string;
  readonly resources?: unknown;
  readonly resizePolicy?: unknown;
}

const DEFAULT_GRACE_SECONDS = 30;

/** What `kubectl get pods` shows of a pod whose gates are closed (KEP-3521). */
const GATED: Condition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

export const podStrategy: Strategy = {
  returnsDeleted: true,
  generationOf: (object) => object['spec'],
  ignoredByStatus: setOf(
    [fieldElement('metadata'), fieldElement('deletionTimestamp')],
    [fieldElement('metadata'), fieldElement('ownerReferences')],
  ),
  prepareForCreate(object: Pod, { clock }) {
    object.status = { phase: 'Pending', qosClass: podQosClass(object.spec) };
    if ((object.spec?.schedulingGates ?? []).length > 0)
      object.status['conditions'] = withCondition([], GATED, timestamp(clock));
  },
  prepareForStatusUpdate(object: Pod, old: Pod) {
    if (object.metadata !== undefined) {
      const { ownerReferences } = old.metadata ?? {};
      delete object.metadata.ownerReferences;
      if (ownerReferences !== undefined) object.metadata.ownerReferences = ownerReferences;
    }
    const qosClass = old.status?.qosClass ?? podQosClass(old.spec);
    object.status = { ...object.status, qosClass };
  },
  parts: {
    ephemeralcontainers: (object: Pod, old: Pod) => ({
      ...old,
      spec: { ...old.spec, ephemeralContainers: object.spec?.ephemeralContainers },
    }),
    resize: (object: Pod, old: Pod) => ({ ...old, spec: resized(object.spec, old.spec) }),
  },
  /** A pod that no kubelet has, or that is finished, needs nobody to stop it. */
  gracePeriodSeconds(object: Pod, asked) {
    const period = asked ?? object.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    const unassigned = (object.spec?.nodeName ?? '') === '';
    const phase = object.status?.phase ?? '';
    if (unassigned || phase === 'Failed' || phase === 'Succeeded') return 0;
    return period < 0 ? 1 : period;
  },
};

/** Of each container that is there already, how much it asks for. */
function resized(spec: PodSpec = {}, old: PodSpec = {}): PodSpec {
  const asWanted = (before: readonly Container[], wanted: readonly Container[] = []): Container[] =>
    before.map((container) => {
      const { resources, resizePolicy } = wanted.find((each) => each.name === container.name) ?? {};
      return {
        ...container,
        ...(resources !== undefined && { resources }),
        ...(resizePolicy !== undefined && { resizePolicy }),
      };
    });
  return {
    ...old,
    ...(old.containers !== undefined && { containers: asWanted(old.containers, spec.containers) }),
    ...(old.initContainers !== undefined && {
      initContainers: asWanted(old.initContainers, spec.initContainers),
    }),
  };
}
