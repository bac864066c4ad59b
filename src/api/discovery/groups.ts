import { compareVersions } from '../crd/version-priority.js';
import { RESOURCES } from '../resources/index.js';
import type { ApiResource } from '../scheme/resource.js';

/** A group and its versions, the preferred one first. */
export interface ServedGroup {
  readonly name: string;
  readonly versions: readonly ServedVersion[];
}

export interface ServedVersion {
  readonly version: string;
  readonly resources: readonly ApiResource[];
}

/**
 * kube-apiserver's priorities of its groups, highest first. kubectl takes the first group that has a short name
 * or a plural, so the order decides between two that have it.
 */
const GROUP_ORDER: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

function rank(group: string): number {
  const at = GROUP_ORDER.indexOf(group);
  return at < 0 ? GROUP_ORDER.length : at;
}

/** Every group that is served, the core group (named '') among them. Versions are in the order of their stability. */
export function servedGroups(custom: readonly ApiResource[] = []): readonly ServedGroup[] {
  const all = [...RESOURCES, ...custom];
  const names = [...new Set(all.map((row) => row.group))].sort(
    (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
  );
  return names.map((name) => {
    const rows = all.filter((row) => row.group === name);
    const versions = [...new Set(rows.map((row) => row.version))].sort(compareVersions);
    return {
      name,
      versions: versions.map((version) => ({
        version,
        resources: rows.filter((row) => row.version === version),
      })),
    };
  });
}
