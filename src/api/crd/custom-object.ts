import type { KubernetesObject } from '../object.js';
import { decodeObject } from '../schema/decode.js';
import type { FieldError, FieldErrorType } from '../validation/field-error.js';
import { invalid } from '../validation/field-error.js';
import type { CustomType } from './custom-type.js';
import { applySchemaDefaults } from './default-values.js';
import { decodeEmbeddedMetadata } from './embedded-metadata.js';
import type { JsonMap, JsonSchema } from './json-schema.js';
import { fieldPath, isJsonMap, propertySchema } from './json-schema.js';
import { validateListTypes } from './list-type.js';
import { prune } from './prune.js';
import { hasRules, validateRules } from './rules/index.js';
import { validateValue } from './validate-value.js';

export interface DecodedCustomObject {
  readonly value: KubernetesObject;
  readonly unknownFields: readonly string[];
  readonly errors: readonly string[];
}

/** Kubernetes' own bound on nesting is 10,000; this one keeps recursion within a stack. */
const DEPTH_MAX = 500;

/** Reads parsed JSON as a custom object: metadata as its model has it, and the rest pruned and not defaulted yet. */
export function decodeCustomObject(custom: CustomType, json: JsonMap): DecodedCustomObject {
  if (isDeeper(json, DEPTH_MAX))
    return { value: {}, unknownFields: [], errors: ['exceeded max depth'] };
  const object = JSON.parse(JSON.stringify(json)) as JsonMap;
  const errors: string[] = [];
  const unknownFields: string[] = [];
  if (object['metadata'] !== undefined && object['metadata'] !== null) {
    const decoded = decodeObject('V1ConfigMap', { metadata: object['metadata'] });
    errors.push(...decoded.errors);
    unknownFields.push(...decoded.unknownFields);
    object['metadata'] = decoded.value.metadata ?? {};
  }
  unknownFields.push(...prune(object, custom.schema));
  const embedded = decodeEmbeddedMetadata(object, custom.schema);
  errors.push(...embedded.errors);
  unknownFields.push(...embedded.unknownFields);
  return { value: object, unknownFields, errors };
}

function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
  }
  return false;
}

/** Sets the defaults of a schema in an object that is the caller's own; metadata has none. */
export function setCustomDefaults(object: KubernetesObject, schema: JsonSchema): void {
  const { metadata } = object;
  applySchemaDefaults(object, schema);
  if (metadata !== undefined) object.metadata = metadata;
}

/** An object as a version serves it: what was stored in another one is pruned by its schema (strategy None). */
export function toServedVersion(
  custom: CustomType,
  apiVersion: string,
  stored: KubernetesObject,
): KubernetesObject {
  const object = JSON.parse(JSON.stringify(stored)) as KubernetesObject;
  if (custom.conversion !== undefined) return defaultedAsStored(custom, object);
  setCustomDefaults(object, custom.storageSchema);
  if (custom.storageApiVersion === apiVersion && object.apiVersion === apiVersion) return object;
  object.apiVersion = apiVersion;
  prune(object, custom.schema);
  setCustomDefaults(object, custom.schema);
  return object;
}

/** A copy of an object in the version of this type, without what its schema does not describe (strategy None). */
export function inVersion(
  custom: CustomType,
  apiVersion: string,
  object: KubernetesObject,
): KubernetesObject {
  const copy = { ...(JSON.parse(JSON.stringify(object)) as KubernetesObject), apiVersion };
  prune(copy, custom.schema);
  return copy;
}

/** What was stored has the defaults of the version in which it was; in place. Unknown versions have none. */
export function defaultedAsStored(
  { conversion }: CustomType,
  object: KubernetesObject,
): KubernetesObject {
  const schema = conversion?.schemas.get(object.apiVersion ?? '');
  if (schema !== undefined) setCustomDefaults(object, schema);
  return object;
}

/** What a webhook made of an object, without what the schema of its new version does not describe; in place. */
export function prunedAsConverted(
  { conversion }: CustomType,
  object: KubernetesObject,
): KubernetesObject {
  const schema = conversion?.schemas.get(object.apiVersion ?? '');
  if (schema !== undefined) prune(object, schema);
  return object;
}

/** What the schema says of an object. Of an update only the status is looked at where only that was written. */
export function validateCustomObject(
  custom: CustomType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const errors = validateValue(withoutMetadata(object), withoutMetadataSchema(custom.schema));
  errors.push(...scaleErrors(custom, object));
  errors.push(...embeddedErrors(object, custom.schema, '', true));
  const ratchets = old !== undefined && validateListTypes(old, custom.schema).length > 0;
  if (!ratchets) errors.push(...validateListTypes(object, custom.schema));
  if (errors.some(({ type }) => BLOCKING.has(type))) errors.push(...unchecked(custom.schema));
  else errors.push(...validateRules(object, old, custom.schema));
  return errors;
}

/** An object that is so wrong may be of other types than its rules expect. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

function unchecked(schema: JsonSchema): FieldError[] {
  if (!hasRules(schema)) return [];
  const text =
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  return [invalid('<nil>', null, text)];
}

function withoutMetadata({ metadata: _metadata, ...rest }: KubernetesObject): JsonMap {
  return { ...rest, metadata: {} };
}

/** Metadata is checked as that of any object; its schema may speak of names only. */
function withoutMetadataSchema(schema: JsonSchema): JsonSchema {
  const { metadata: _metadata, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}

const INT32_MAX = 2 ** 31 - 1;

function scaleErrors({ scale }: CustomType, object: KubernetesObject): FieldError[] {
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  const check = (path: string): void => {
    const value = nestedValue(object, path);
    const field = path;
    if (typeof value !== 'number') return;
    if (value < 0) errors.push(invalid(field, value, 'should be a non-negative integer'));
    else if (value > INT32_MAX)
      errors.push(invalid(field, value, `should be less than or equal to ${String(INT32_MAX)}`));
  };
  check(scale.specReplicasPath);
  check(scale.statusReplicasPath);
  return errors;
}

/** The value at a path of plain fields: `.spec.replicas`. */
export function nestedValue(object: unknown, path: string): unknown {
  let value = object;
  for (const name of path.replace(/^\./, '').split('.')) {
    if (!isJsonMap(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A copy of the object with another value at a path of plain fields. */
export function withNestedValue<T extends object>(object: T, path: string, value: unknown): T {
  const [name = '', ...rest] = path.replace(/^\./, '').split('.');
  const inner = (object as JsonMap)[name];
  const next =
    rest.length === 0
      ? value
      : withNestedValue(isJsonMap(inner) ? inner : {}, rest.join('.'), value);
  return { ...object, [name]: next };
}

const API_VERSION = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** An object within an object has a kind and an apiVersion (x-kubernetes-embedded-resource). */
function embeddedErrors(
  value: unknown,
  schema: JsonSchema,
  path: string,
  isRoot: boolean,
): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return [];
    return value.flatMap((item: unknown, index) =>
      embeddedErrors(item, items, `${path}[${String(index)}]`, false),
    );
  }
  if (!isJsonMap(value)) return [];
  const errors: FieldError[] = [];
  if (!isRoot && schema['x-kubernetes-embedded-resource'] === true)
    errors.push(...embeddedMeta(value, path));
  for (const [name, item] of Object.entries(value)) {
    const property = propertySchema(schema, name);
    if (property !== undefined && !(isRoot && name === 'metadata'))
      errors.push(...embeddedErrors(item, property, fieldPath(path, name), false));
  }
  return errors;
}

function embeddedMeta(value: JsonMap, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['apiVersion', 'kind'] as const) {
    const text = value[name];
    const at = `${path}.${name}`;
    if (typeof text !== 'string' || text === '')
      errors.push({ type: 'FieldValueRequired', field: at, detail: 'must not be empty' });
    else if (name === 'apiVersion' && !API_VERSION.test(text))
      errors.push(invalid(at, text, 'must be a valid group version'));
  }
  return errors;
}
