import type { KubernetesObject } from '../object.js';
import type { ApiResource, ApiSubresource } from '../scheme/resource.js';
import { groupVersionOf, parseGroupVersion } from '../scheme/resource.js';
import { resourcesOf } from '../resources/index.js';
import type { ServedGroup } from './groups.js';
import { servedGroups } from './groups.js';

/** `GET /api`. `serverAddress` (host and port) is what clients of a federation would have used; it may be empty. */
export function apiVersions(serverAddress = ''): KubernetesObject {
  const core = servedGroups().find((group) => group.name === '');
  return {
    kind: 'APIVersions',
    versions: (core?.versions ?? []).map((each) => each.version),
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `GET /apis`. */
export function apiGroupList(custom: readonly ApiResource[] = []): KubernetesObject {
  const groups = servedGroups(custom).filter((group) => group.name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupBody) };
}

/** `GET /apis/apps`; undefined where no such group is served. */
export function apiGroup(
  name: string,
  custom: readonly ApiResource[] = [],
): KubernetesObject | undefined {
  const group = servedGroups(custom).find((each) => each.name === name && name !== '');
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

/** `GET /api/v1`, `GET /apis/apps/v1`, by `v1`, `apps/v1`; undefined where it is not served. */
export function apiResourceList(
  groupVersion: string,
  custom: readonly ApiResource[] = [],
): KubernetesObject | undefined {
  const { group, version } = parseGroupVersion(groupVersion);
  const own = custom.filter((row) => row.group === group && row.version === version);
  const rows = [...resourcesOf(group, version), ...own];
  if (rows.length === 0) return undefined;
  const resources = rows.flatMap((row) => [
    resourceEntry(row),
    ...row.subresources.map((each) => subresourceEntry(row, each)),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function groupBody(group: ServedGroup): Record<string, unknown> {
  const versions = group.versions.map(({ version }) => ({
    groupVersion: groupVersionOf({ group: group.name, version }),
    version,
  }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

function resourceEntry(row: ApiResource): Record<string, unknown> {
  return {
    name: row.resource,
    singularName: row.singular,
    namespaced: row.namespaced,
    kind: row.kind,
    verbs: row.verbs,
    ...(row.shortNames.length > 0 && { shortNames: row.shortNames }),
    ...(row.categories.length > 0 && { categories: row.categories }),
  };
}

function subresourceEntry(row: ApiResource, each: ApiSubresource): Record<string, unknown> {
  const own = each.group === row.group && each.version === row.version;
  return {
    name: `${row.resource}/${each.name}`,
    singularName: '',
    namespaced: row.namespaced,
    ...(!own && { group: each.group, version: each.version }),
    kind: each.kind,
    verbs: each.verbs,
  };
}
