import type {
  V1CustomResourceColumnDefinition,
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionNames,
  V1CustomResourceDefinitionVersion,
  V1CustomResourceSubresourceScale,
} from '../generated/types.js';
import type { Errors } from '../validation/checks.js';
import { checkImmutable, checkOneOf } from '../validation/checks.js';
import { duplicate, invalid, required, tooMany } from '../validation/field-error.js';
import { dns1035LabelProblems, dnsSubdomainProblems } from '../validation/names.js';
import { checkConversion } from './validate-conversion.js';
import { parseJsonPath } from './json-path.js';
import type { JsonSchema } from './json-schema.js';
import { isJsonMap } from './json-schema.js';
import { validateOpenApiSchema } from './validate-schema.js';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = [
  'byte',
  'date',
  'date-time',
  'double',
  'float',
  'int32',
  'int64',
  'password',
];
const SELECTABLE_FIELDS_MAX = 8;

type Definition = V1CustomResourceDefinition;

/** apiextensions ValidateCustomResourceDefinition; metadata is seen to elsewhere. */
export function checkDefinition(definition: Definition, errors: Errors): void {
  const { spec, metadata } = definition;
  checkApproval(definition, errors);
  const wanted = `${spec.names.plural}.${spec.group}`;
  if (metadata?.name !== wanted)
    errors.push(
      invalid('metadata.name', metadata?.name ?? '', 'must be spec.names.plural+"."+spec.group'),
    );
  checkSpec(spec, errors);
  checkStoredVersions(definition, errors);
}

const APPROVAL = 'api-approved.kubernetes.io';

/** Groups of the Kubernetes project are for what it has approved (KEP-1111). */
function checkApproval({ metadata, spec }: Definition, errors: Errors): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return;
  const value = metadata?.annotations?.[APPROVAL] ?? '';
  const field = `metadata.annotations[${APPROVAL}]`;
  if (value === '')
    errors.push(
      required(
        field,
        `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    );
  else if (!value.startsWith('unapproved') && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value))
    errors.push(
      invalid(
        field,
        value,
        `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    );
}

export function checkDefinitionUpdate(
  definition: Definition,
  old: Definition,
  errors: Errors,
): void {
  checkSpec(definition.spec, errors);
  const established = old.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  const { spec } = definition;
  if (established === true) {
    checkImmutable(spec.scope, old.spec.scope, 'spec.scope', errors);
    checkImmutable(spec.names.kind, old.spec.names.kind, 'spec.names.kind', errors);
  }
  checkImmutable(spec.group, old.spec.group, 'spec.group', errors);
  checkImmutable(spec.names.plural, old.spec.names.plural, 'spec.names.plural', errors);
  checkStoredVersions(definition, errors);
}

function checkSpec(spec: Definition['spec'], errors: Errors): void {
  const { group, versions, names } = spec;
  if (group === '') errors.push(required('spec.group'));
  else if (dnsSubdomainProblems(group).length > 0)
    errors.push(invalid('spec.group', group, dnsSubdomainProblems(group).join(',')));
  else if (!group.includes('.'))
    errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  checkOneOf(spec.scope, ['Cluster', 'Namespaced'], 'spec.scope', errors);
  if (spec.preserveUnknownFields === true)
    errors.push(
      invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  versions.forEach((version, index) => {
    checkVersion(version, `spec.versions[${String(index)}]`, errors);
  });
  if (new Set(versions.map((version) => version.name)).size < versions.length)
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter((version) => version.storage).length !== 1)
    errors.push(
      invalid('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const)
    if ((names[name] ?? '') === '') errors.push(required(`spec.names.${name}`));
  checkNames(names, 'spec.names', errors);
  checkConversion(spec.conversion, errors);
}

function checkNames(names: V1CustomResourceDefinitionNames, field: string, errors: Errors): void {
  const check = (name: string, value: string | undefined, prefix = ''): void => {
    const problems = dns1035LabelProblems(prefix === '' ? value : value?.toLowerCase());
    if (value === undefined || value === '' || problems.length === 0) return;
    errors.push(invalid(`${field}.${name}`, value, prefix + problems.join(',')));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  check('plural', names.plural);
  check('singular', names.singular);
  check('kind', names.kind, mixed);
  check('listKind', names.listKind, mixed);
  names.shortNames?.forEach((name, index) => {
    check(`shortNames[${String(index)}]`, name);
  });
  if (names.kind !== '' && names.kind === names.listKind)
    errors.push(
      invalid(`${field}.listKind`, names.listKind, 'kind and listKind may not be the same'),
    );
  names.categories?.forEach((name, index) => {
    check(`categories[${String(index)}]`, name);
  });
}

function checkVersion(
  version: V1CustomResourceDefinitionVersion,
  path: string,
  errors: Errors,
): void {
  const problems = dns1035LabelProblems(version.name);
  if (problems.length > 0) errors.push(invalid(`${path}.name`, version.name, problems.join(',')));
  const warning = version.deprecationWarning;
  if (warning !== undefined && version.deprecated !== true)
    errors.push(
      invalid(`${path}.deprecationWarning`, warning, 'can only be set for deprecated versions'),
    );
  const raw: unknown = version.schema?.openAPIV3Schema;
  const schemaPath = `${path}.schema.openAPIV3Schema`;
  if (raw === undefined) errors.push(required(schemaPath));
  else errors.push(...validateOpenApiSchema(raw, schemaPath));
  version.additionalPrinterColumns?.forEach((column, index) => {
    checkColumn(column, `${path}.additionalPrinterColumns[${String(index)}]`, errors);
  });
  if (version.subresources?.scale !== undefined)
    checkScale(version.subresources.scale, `${path}.subresources.scale`, errors);
  const schema = isJsonMap(raw) ? (raw as JsonSchema) : undefined;
  checkSelectableFields(version, schema, `${path}.selectableFields`, errors);
}

function checkColumn(column: V1CustomResourceColumnDefinition, path: string, errors: Errors): void {
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (column.name === '') errors.push(required(`${path}.name`));
  if (column.type === '') errors.push(required(`${path}.type`, types));
  else if (!COLUMN_TYPES.includes(column.type))
    errors.push(invalid(`${path}.type`, column.type, types));
  const { format = '' } = column;
  if (format !== '' && !COLUMN_FORMATS.includes(format))
    errors.push(invalid(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  if (column.jsonPath === '') errors.push(required(`${path}.JSONPath`));
  else checkSimplePath(column.jsonPath, `${path}.JSONPath`, errors);
}

/** A path of fields, as columns may have it here: kube-apiserver refuses only what its parser cannot read. */
function checkSimplePath(text: string, path: string, errors: Errors): void {
  if (!text.startsWith('.'))
    errors.push(invalid(path, text, 'must be a simple json path starting with .'));
  else if (!parseJsonPath(text).ok)
    errors.push(invalid(path, text, 'must be a json path in the dot notation'));
}

function checkScale(scale: V1CustomResourceSubresourceScale, path: string, errors: Errors): void {
  const check = (name: keyof typeof scale, below: readonly string[], under: string): void => {
    const text = scale[name] ?? '';
    if (text === '') {
      if (name !== 'labelSelectorPath') errors.push(required(`${path}.${name}`));
      return;
    }
    const field = `${path}.${name}`;
    if (!/^(\.[^.[\]\s]+)+$/.test(text))
      errors.push(invalid(field, text, 'must be a json path in the dot notation'));
    else if (!below.some((start) => text.startsWith(start)))
      errors.push(invalid(field, text, `should be a json path under ${under}`));
  };
  check('specReplicasPath', ['.spec.'], '.spec');
  check('statusReplicasPath', ['.status.'], '.status');
  check('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status');
}

function checkSelectableFields(
  { selectableFields = [] }: V1CustomResourceDefinitionVersion,
  schema: JsonSchema | undefined,
  path: string,
  errors: Errors,
): void {
  const seen = new Set<string>();
  selectableFields.forEach(({ jsonPath }, index) => {
    const field = `${path}[${String(index)}].jsonPath`;
    if (jsonPath === '') {
      errors.push(required(field));
      return;
    }
    const found = schemaAt(schema, jsonPath);
    if (typeof found === 'string')
      errors.push(invalid(field, jsonPath, `is an invalid path: ${found}`));
    else if (/^\.metadata(\.|$)/.test(jsonPath))
      errors.push(invalid(field, jsonPath, 'must not point to fields in metadata'));
    else if (!['string', 'boolean', 'integer'].includes(found.type ?? ''))
      errors.push(
        invalid(
          field,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
    if (seen.has(jsonPath)) errors.push(duplicate(field, jsonPath));
    seen.add(jsonPath);
  });
  if (seen.size > SELECTABLE_FIELDS_MAX)
    errors.push(tooMany(path, seen.size, SELECTABLE_FIELDS_MAX));
}

/** The schema that a path of plain fields leads to, or what is wrong with the path. */
export function schemaAt(schema: JsonSchema | undefined, path: string): JsonSchema | string {
  if (path.includes('[')) return 'array notation is not allowed';
  if (!path.startsWith('.')) return `expected [ or . but got: ${path.split('.')[0] ?? ''}`;
  let at = schema;
  for (const name of path.slice(1).split('.')) {
    const { properties } = at ?? {};
    if (!isJsonMap(properties) || !Object.hasOwn(properties, name))
      return 'does not refer to a valid field';
    at = properties[name];
  }
  return at ?? 'does not refer to a valid field';
}

function checkStoredVersions({ spec, status }: Definition, errors: Errors): void {
  const stored = status?.storedVersions ?? [];
  const field = 'status.storedVersions';
  if (stored.length === 0) {
    errors.push(invalid(field, stored, 'must have at least one stored version'));
    return;
  }
  const storage = spec.versions.find((version) => version.storage)?.name;
  if (storage !== undefined && !stored.includes(storage))
    errors.push(invalid(field, stored, `must have the storage version ${storage}`));
  stored.forEach((name, index) => {
    if (spec.versions.some((version) => version.name === name)) return;
    const text =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions ` +
      'until a storage migration ensures no data remains persisted in ' +
      `${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${field}[${String(index)}]`, name, text));
  });
}
