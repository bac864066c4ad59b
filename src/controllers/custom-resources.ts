import type { V1CustomResourceDefinition } from '../api/index.js';
import type { ResourceDescriptor } from '../client/index.js';

/**
 * The custom resources that are served, each once: whatever its versions, the objects are the same. A controller that
 * follows all resources learns of them here, as Kubernetes' do from discovery.
 */
export function customResources(
  definitions: readonly V1CustomResourceDefinition[],
): ResourceDescriptor[] {
  return definitions.flatMap((definition) => {
    const served = definition.spec.versions.find((each) => each.served);
    return served === undefined || !isEstablished(definition)
      ? []
      : [descriptorOf(definition, served.name)];
  });
}

/** The custom resource that a reference means by `example.com/v1` and `Widget`, where that version is served. */
export function customResourceOf(
  definitions: readonly V1CustomResourceDefinition[],
  apiVersion: string,
  kind: string,
): ResourceDescriptor | undefined {
  const found = definitions.find(
    ({ spec }) =>
      spec.names.kind === kind &&
      spec.versions.some((each) => each.served && `${spec.group}/${each.name}` === apiVersion),
  );
  return found === undefined || !isEstablished(found)
    ? undefined
    : descriptorOf(found, apiVersion.slice(apiVersion.indexOf('/') + 1));
}

function descriptorOf({ spec }: V1CustomResourceDefinition, version: string): ResourceDescriptor {
  const { group, names, scope } = spec;
  const { kind, plural: resource } = names;
  return { group, version, resource, kind, namespaced: scope === 'Namespaced' };
}

function isEstablished({ status }: V1CustomResourceDefinition): boolean {
  return (status?.conditions ?? []).some(
    (each) => each.type === 'Established' && each.status === 'True',
  );
}
