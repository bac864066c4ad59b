import type { V1CustomResourceDefinition } from '../../api/index.js';
import type { ResourceDescriptor } from '../../client/index.js';

/** The custom resources that are served and live in namespaces, each once: whatever its versions, the objects are the same. */
export function customContent(
  definitions: readonly V1CustomResourceDefinition[],
): ResourceDescriptor[] {
  return definitions.flatMap(({ spec, status }) => {
    const established = (status?.conditions ?? []).some(
      (each) => each.type === 'Established' && each.status === 'True',
    );
    const served = spec.versions.find((each) => each.served);
    if (!established || served === undefined || spec.scope !== 'Namespaced') return [];
    const { group, names } = spec;
    const { kind, plural: resource } = names;
    return [{ group, version: served.name, resource, kind, namespaced: true }];
  });
}
