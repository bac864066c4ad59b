import type { V1Pod, V1PodTemplateSpec, V1StatefulSet, V1Volume } from '../../api/index.js';
import { Resource } from '../../client/index.js';
import { referenceToController } from '../owners.js';
import { claimName } from './claims.js';
import { identityLabels, podName } from './identity.js';

/** The pod of one ordinal, with its own name and its own claims. */
export function statefulPod(
  set: V1StatefulSet,
  ordinal: number,
  template: V1PodTemplateSpec,
  revision: string,
): V1Pod {
  const spec = template.spec ?? { containers: [] };
  const { annotations, finalizers, labels } = template.metadata ?? {};
  const subdomain = set.spec?.serviceName ?? '';
  return {
    metadata: {
      namespace: set.metadata?.namespace ?? '',
      name: podName(set, ordinal),
      labels: { ...labels, ...identityLabels(set, ordinal, revision) },
      annotations: { ...annotations },
      ...(finalizers !== undefined && { finalizers }),
      ownerReferences: [referenceToController(Resource.statefulsets, set)],
    },
    spec: {
      ...spec,
      hostname: podName(set, ordinal),
      ...(subdomain !== '' && { subdomain }),
      volumes: volumesOf(set, ordinal, spec.volumes ?? []),
    },
  };
}

/** A claim takes the place of a volume with the name of its template. */
function volumesOf(set: V1StatefulSet, ordinal: number, others: readonly V1Volume[]): V1Volume[] {
  const templates = set.spec?.volumeClaimTemplates ?? [];
  const claimed = templates.map((template) => ({
    name: template.metadata?.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  const names = new Set(claimed.map(({ name }) => name));
  return [...claimed, ...others.filter(({ name }) => !names.has(name))];
}
