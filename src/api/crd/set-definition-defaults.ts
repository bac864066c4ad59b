import type { V1CustomResourceDefinition } from '../generated/types.js';

/** apiextensions/v1 SetDefaults_CustomResourceDefinition, in place. */
export function setDefinitionDefaults(definition: V1CustomResourceDefinition): void {
  const { spec } = definition as Partial<V1CustomResourceDefinition>;
  if (spec === undefined) return;
  const { names } = spec as Partial<typeof spec>;
  if (names !== undefined) {
    const { kind = '' } = names as Partial<typeof names>;
    if ((names.singular ?? '') === '') names.singular = kind.toLowerCase();
    if ((names.listKind ?? '') === '' && kind !== '') names.listKind = `${kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service !== undefined) service.port ??= 443;
  const { versions = [] } = spec as Partial<typeof spec>;
  const storage = versions.find((version) => version.storage);
  if (storage !== undefined && (definition.status?.storedVersions ?? []).length === 0)
    definition.status = { ...definition.status, storedVersions: [storage.name] };
}
