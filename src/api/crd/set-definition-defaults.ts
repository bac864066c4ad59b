import type {
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionVersion,
} from '../generated/types.js';

/** apiextensions/v1 SetDefaults_CustomResourceDefinition, in place; what is missing is as empty as it is in Go. */
export function setDefinitionDefaults(definition: V1CustomResourceDefinition): void {
  const { spec: sent } = definition as Partial<V1CustomResourceDefinition>;
  const spec = { ...EMPTY_SPEC, ...sent };
  const names = { ...EMPTY_NAMES, ...spec.names };
  spec.versions = spec.versions.map(withZeros);
  spec.names = names;
  definition.spec = spec;
  if ((names.singular ?? '') === '') names.singular = names.kind.toLowerCase();
  if ((names.listKind ?? '') === '' && names.kind !== '') names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service !== undefined) service.port ??= 443;
  const storage = spec.versions.find((version) => version.storage);
  if (storage !== undefined && (definition.status?.storedVersions ?? []).length === 0)
    definition.status = { ...definition.status, storedVersions: [storage.name] };
}

const EMPTY_NAMES = { plural: '', kind: '' };
const EMPTY_SPEC: V1CustomResourceDefinition['spec'] = {
  group: '',
  names: EMPTY_NAMES,
  scope: '',
  versions: [],
};

function withZeros(version: V1CustomResourceDefinitionVersion): V1CustomResourceDefinitionVersion {
  const { additionalPrinterColumns: columns, selectableFields: fields } = version;
  return {
    ...{ name: '', served: false, storage: false },
    ...version,
    ...(columns !== undefined && {
      additionalPrinterColumns: columns.map((column) => ({
        ...{ name: '', type: '', jsonPath: '' },
        ...column,
      })),
    }),
    ...(fields !== undefined && {
      selectableFields: fields.map((field) => ({ ...{ jsonPath: '' }, ...field })),
    }),
  };
}
