import { RESOURCES } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';

/** kube-apiserver's priorities of its groups, the highest first, as the aggregator writes them down. */
const GROUP_PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};

/** Of versions within their group, where it is not the usual one. */
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1.resource.k8s.io': 20,
  'v1.flowcontrol.apiserver.k8s.io': 21,
};
const USUAL_VERSION_PRIORITY = 15;

/** The aggregator serves its own group without saying so. */
const AGGREGATOR = 'apiregistration.k8s.io';

export const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

export interface LocalApiServiceSpec {
  /** Absent: the core group. */
  readonly group?: string;
  readonly version: string;
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

/** What the status of an APIService says whose group version this API server serves itself. `now` is RFC 3339. */
export function locallyAvailable(now: string) {
  return {
    type: 'Available',
    status: 'True',
    lastTransitionTime: now,
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
}

/** One as the aggregator makes it. `automanaged`: whether it is kept so, or is only made at the start. */
export function localApiService(
  spec: LocalApiServiceSpec,
  automanaged: 'true' | 'onstart',
  now: string,
): KubernetesObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name: `${spec.version}.${spec.group ?? ''}`,
      labels: { [AUTOMANAGED]: automanaged },
    },
    spec,
    status: { conditions: [locallyAvailable(now)] },
  };
}

/** An APIService for each group version that is built in. `now` is RFC 3339. */
export function localApiServices(now: string): KubernetesObject[] {
  const versions = new Map(
    RESOURCES.filter(({ group }) => group !== AGGREGATOR).map(({ group, version }) => [
      `${version}.${group}`,
      { group, version },
    ]),
  );
  return [...versions].map(([name, { group, version }]) => {
    const spec = {
      ...(group !== '' && { group }),
      version,
      groupPriorityMinimum: GROUP_PRIORITIES[group] ?? 1_000,
      versionPriority: VERSION_PRIORITIES[name] ?? USUAL_VERSION_PRIORITY,
    };
    return localApiService(spec, 'onstart', now);
  });
}
