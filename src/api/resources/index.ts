import type { ApiResource } from '../scheme/resource.js';
import { groupVersionOf } from '../scheme/resource.js';
import { ACCESS_ROWS } from './access.js';
import { CORE_ROWS } from './core.js';
import { EXTENSION_ROWS } from './extensions.js';
import { NETWORK_ROWS } from './network.js';
import { completeRow } from './row.js';
import { STORAGE_ROWS } from './storage.js';
import { WORKLOAD_ROWS } from './workloads.js';

/**
 * Every built-in resource, those of a group by name, as discovery lists them. The storage prefixes are kube-apiserver's
 * own, so that etcdctl finds everything where it expects it.
 */
export const RESOURCES: readonly ApiResource[] = /* @__PURE__ */ [
  ...CORE_ROWS,
  ...WORKLOAD_ROWS,
  ...ACCESS_ROWS,
  ...NETWORK_ROWS,
  ...STORAGE_ROWS,
  ...EXTENSION_ROWS,
].map(completeRow);

const byResource = /* @__PURE__ */ new Map(
  RESOURCES.map((row) => [`${groupVersionOf(row)}/${row.resource}`, row]),
);
const byKind = /* @__PURE__ */ new Map(
  RESOURCES.map((row) => [`${groupVersionOf(row)}/${row.kind}`, row]),
);

/** The row of `('apps', 'v1', 'deployments')`; the core group is `''`. */
export function findResource(
  group: string,
  version: string,
  resource: string,
): ApiResource | undefined {
  return byResource.get(`${groupVersionOf({ group, version })}/${resource}`);
}

/** The row of `('apps/v1', 'Deployment')`. */
export function findKind(apiVersion: string, kind: string): ApiResource | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** All rows of one group version, in discovery's order. */
export function resourcesOf(group: string, version: string): readonly ApiResource[] {
  return RESOURCES.filter((row) => row.group === group && row.version === version);
}
