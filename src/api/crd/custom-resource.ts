import type {
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionVersion,
} from '../generated/types.js';
import { isConditionTrue } from '../meta.js';
import type { ApiResource, ApiSubresource, ResourceVerb } from '../scheme/resource.js';
import { customColumns } from './columns.js';
import type { CustomConversion, CustomType } from './custom-type.js';
import type { JsonSchema } from './json-schema.js';
import { readSchema } from './read-schema.js';
import { compareVersions } from './version-priority.js';

/** A row of a custom resource. */
export interface CustomApiResource extends ApiResource {
  readonly custom: CustomType;
}

const VERBS: readonly ResourceVerb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const READ_WRITE: readonly ResourceVerb[] = ['get', 'patch', 'update'];

export function isEstablished(definition: V1CustomResourceDefinition): boolean {
  return isConditionTrue(definition.status?.conditions, 'Established');
}

/** A row for each version that is served, the preferred one first; none before the definition is established. */
export function customResourcesOf(
  definition: V1CustomResourceDefinition,
): readonly CustomApiResource[] {
  if (!isEstablished(definition)) return [];
  const served = definition.spec.versions.filter((version) => version.served);
  return served
    .sort((a, b) => compareVersions(a.name, b.name))
    .map((version) => rowOf(definition, version));
}

function rowOf(
  definition: V1CustomResourceDefinition,
  version: V1CustomResourceDefinitionVersion,
): CustomApiResource {
  const { spec, status } = definition;
  const { group } = spec;
  const names = { ...spec.names, ...status?.acceptedNames };
  const storage = spec.versions.find((each) => each.storage) ?? version;
  const base = { group, version: version.name, kind: names.kind };
  const model = modelOf(group, version.name, names.kind);
  const subresources: ApiSubresource[] = [];
  if (version.subresources?.status !== undefined)
    subresources.push({ name: 'status', ...base, model, verbs: READ_WRITE });
  if (version.subresources?.scale !== undefined)
    subresources.push({
      name: 'scale',
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      model: 'V1Scale',
      verbs: READ_WRITE,
    });
  return {
    ...base,
    resource: names.plural,
    singular: names.singular ?? '',
    listKind: names.listKind ?? `${names.kind}List`,
    namespaced: spec.scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: VERBS,
    model,
    listModel: `${model}List`,
    subresources,
    storagePrefix: `/registry/${group}/${names.plural}`,
    custom: {
      definition: definition.metadata?.name ?? '',
      schema: schemaOf(version),
      storageApiVersion: `${group}/${storage.name}`,
      storageSchema: schemaOf(storage),
      conversion: conversionOf(definition),
      columns: customColumns(version.additionalPrinterColumns),
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) =>
        jsonPath.replace(/^\./, ''),
      ),
      hasStatus: version.subresources?.status !== undefined,
      scale: version.subresources?.scale,
      deprecationWarning: deprecation(definition, version),
      terminating: definition.metadata?.deletionTimestamp !== undefined,
    },
  };
}

function conversionOf({ spec }: V1CustomResourceDefinition): CustomConversion | undefined {
  const { strategy, webhook } = spec.conversion ?? {};
  if (strategy !== 'Webhook' || webhook === undefined) return undefined;
  const schemas = new Map(
    spec.versions.map((version) => [`${spec.group}/${version.name}`, schemaOf(version)]),
  );
  return { webhook, schemas };
}

function schemaOf(version: V1CustomResourceDefinitionVersion): JsonSchema {
  return readSchema(version.schema?.openAPIV3Schema ?? { type: 'object' }).schema;
}

function deprecation(
  { spec }: V1CustomResourceDefinition,
  version: V1CustomResourceDefinitionVersion,
): string | undefined {
  if (version.deprecated !== true) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const { kind } = spec.names;
  const newer = spec.versions
    .filter((each) => each.served && each.deprecated !== true)
    .map((each) => each.name)
    .sort(compareVersions)
    .find((name) => compareVersions(name, version.name) < 0);
  const text = `${spec.group}/${version.name} ${kind} is deprecated`;
  return newer === undefined ? text : `${text}; use ${spec.group}/${newer} ${kind}`;
}

/** `com.example.v1.Widget`: how OpenAPI names it (the group reversed). */
export function modelOf(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}
