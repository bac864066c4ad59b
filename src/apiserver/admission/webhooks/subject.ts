import { RESOURCES, resourceKeyOf } from '../../../api/index.js';
import type { ApiResource, GroupVersionKind, RuleSubject } from '../../../api/index.js';
import type { CustomCatalog } from '../../custom/catalog.js';
import type { AdmissionAttributes } from '../admission.js';

/** A write as rules and reviews name it, in the version of the client, or in another one of the same resource. */
export interface Subject extends RuleSubject {
  readonly row: ApiResource;
  readonly kind: GroupVersionKind;
}

/** As the client sent it. */
export function subjectOf(attributes: AdmissionAttributes): Subject {
  return subjectIn(attributes.request?.sentAs ?? attributes.resource, attributes);
}

function subjectIn(row: ApiResource, attributes: AdmissionAttributes): Subject {
  const { operation, subresource, namespace, name } = attributes;
  const { group, version, resource } = row;
  // The requests of a namespace lie in it.
  const isNamespace = group === '' && resource === 'namespaces';
  return {
    row,
    kind: kindOf(row, subresource),
    operation,
    group,
    version,
    resource,
    subresource,
    namespace: isNamespace ? name || (attributes.object?.metadata?.name ?? '') : namespace,
  };
}

function kindOf(row: ApiResource, subresource: string): GroupVersionKind {
  const { group, version, kind } = row.subresources.find(({ name }) => name === subresource) ?? row;
  return { group, version, kind };
}

/** The same write in the other versions of its resource, and in the other groups that have its objects (matchPolicy Equivalent). */
export function equivalentsOf(
  catalog: Pick<CustomCatalog, 'rows'>,
  attributes: AdmissionAttributes,
): readonly Subject[] {
  const { resource, subresource, request } = attributes;
  const own = request?.sentAs ?? resource;
  const others =
    own.custom === undefined
      ? (builtIn().get(resourceKeyOf(own)) ?? [])
      : catalog
          .rows()
          .filter(({ group, resource: plural }) => group === own.group && plural === own.resource);
  return others
    .filter((row) => row.group !== own.group || row.version !== own.version)
    .filter(
      (row) => subresource === '' || row.subresources.some(({ name }) => name === subresource),
    )
    .map((row) => subjectIn(row, attributes));
}

let shared: ReadonlyMap<string, readonly ApiResource[]> | undefined;

/** The few built-in resources that have several versions. */
function builtIn(): ReadonlyMap<string, readonly ApiResource[]> {
  if (shared !== undefined) return shared;
  const byKey = new Map<string, ApiResource[]>();
  for (const row of RESOURCES) {
    const key = resourceKeyOf(row);
    const rows = byKey.get(key);
    if (rows === undefined) byKey.set(key, [row]);
    else rows.push(row);
  }
  shared = byKey;
  return shared;
}
