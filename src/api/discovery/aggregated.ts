import type { KubernetesObject } from '../object.js';
import type { ApiResource } from '../scheme/resource.js';
import { servedGroups } from './groups.js';

/** `application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`: what an answer with this list must be typed as. */
export const AGGREGATED_DISCOVERY_TYPE =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Discovery in one answer (KEP-3352): `/api` holds the core group, `/apis` the others. */
export function aggregatedDiscovery(
  path: '/api' | '/apis',
  custom: readonly ApiResource[] = [],
): KubernetesObject {
  const groups = servedGroups(custom).filter((group) => (group.name === '') === (path === '/api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      // The core group has no name here, as it has none in paths.
      metadata: group.name === '' ? {} : { name: group.name },
      versions: group.versions.map(({ version, resources }) => ({
        version,
        resources: resources.map(resourceEntry),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceEntry(row: ApiResource): Record<string, unknown> {
  const subresources = row.subresources.map((each) => ({
    subresource: each.name,
    responseKind: { group: each.group, version: each.version, kind: each.kind },
    verbs: each.verbs,
  }));
  return {
    resource: row.resource,
    responseKind: { group: row.group, version: row.version, kind: row.kind },
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: row.singular,
    verbs: row.verbs,
    ...(row.shortNames.length > 0 && { shortNames: row.shortNames }),
    ...(row.categories.length > 0 && { categories: row.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}
