import type { V1Affinity, V1DaemonSet, V1Pod, V1PodSpec, V1Toleration } from '../../api/index.js';
import { nameOf, Resource } from '../../client/index.js';
import { referenceToController } from '../owners.js';

export const REVISION_HASH = 'controller-revision-hash';
export const TEMPLATE_GENERATION = 'pod-template-generation';
const TEMPLATE_GENERATION_OF_SET = 'deprecated.daemonset.template.generation';
const NODE_NAME = 'metadata.name';

/** A daemon pod stays on a node that is in trouble. */
const TOLERATED: readonly V1Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
];
const TOLERATED_ON_HOST_NETWORK = exists('node.kubernetes.io/network-unavailable', 'NoSchedule');

function exists(key: string, effect: string): V1Toleration {
  return { key, operator: 'Exists', effect };
}

/** The pod for one node. The scheduler binds it there, since no other node has that name. */
export function daemonPod(set: V1DaemonSet, nodeName: string, hash: string): V1Pod {
  const template = set.spec?.template;
  const spec = daemonPodSpec(set);
  const generation = templateGenerationOf(set);
  const finalizers = template?.metadata?.finalizers;
  return {
    metadata: {
      namespace: set.metadata?.namespace ?? '',
      generateName: `${nameOf(set)}-`,
      labels: {
        ...template?.metadata?.labels,
        ...(generation !== undefined && { [TEMPLATE_GENERATION]: generation }),
        [REVISION_HASH]: hash,
      },
      annotations: { ...template?.metadata?.annotations },
      ...(finalizers !== undefined && { finalizers }),
      ownerReferences: [referenceToController(Resource.daemonsets, set)],
    },
    spec: { ...spec, affinity: onlyOn(spec.affinity, nodeName) },
  };
}

/** The template's, with the tolerations that every daemon pod has. */
export function daemonPodSpec(set: V1DaemonSet): V1PodSpec {
  const spec = set.spec?.template.spec ?? { containers: [] };
  const added =
    spec.hostNetwork === true ? [...TOLERATED, TOLERATED_ON_HOST_NETWORK] : [...TOLERATED];
  const own = (spec.tolerations ?? []).filter((each) => !added.some((other) => same(each, other)));
  return { ...spec, tolerations: [...own, ...added] };
}

function same(a: V1Toleration, b: V1Toleration): boolean {
  return (
    a.key === b.key &&
    a.effect === b.effect &&
    a.operator === b.operator &&
    (a.value ?? '') === (b.value ?? '')
  );
}

/** The terms that the template demands were already judged, and give way. */
function onlyOn(affinity: V1Affinity | undefined, nodeName: string): V1Affinity {
  const matchFields = [{ key: NODE_NAME, operator: 'In', values: [nodeName] }];
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
    },
  };
}

/** The node on which a pod is, or for which it was made. */
export function targetNodeOf({ spec }: V1Pod): string | undefined {
  if ((spec?.nodeName ?? '') !== '') return spec?.nodeName;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields } of required?.nodeSelectorTerms ?? []) {
    const field = matchFields?.find(({ key, operator }) => key === NODE_NAME && operator === 'In');
    if (field !== undefined) return field.values?.[0];
  }
  return undefined;
}

/** Whether a pod was made of the template as it is now. */
export function isUpdated(set: V1DaemonSet, { metadata }: V1Pod, hash: string): boolean {
  const generation = templateGenerationOf(set);
  return (
    metadata?.labels?.[REVISION_HASH] === hash ||
    (generation !== undefined && metadata?.labels?.[TEMPLATE_GENERATION] === generation)
  );
}

function templateGenerationOf({ metadata }: V1DaemonSet): string | undefined {
  return metadata?.annotations?.[TEMPLATE_GENERATION_OF_SET];
}
