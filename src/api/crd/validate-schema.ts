import type { FieldError } from '../validation/field-error.js';
import { forbidden, invalid, notSupported, required } from '../validation/field-error.js';
import { applySchemaDefaults } from './default-values.js';
import type { JsonSchema, ValidationRule } from './json-schema.js';
import { isJsonMap } from './json-schema.js';
import { validateListTypes } from './list-type.js';
import { readSchema } from './read-schema.js';
import { prune } from './prune.js';
import { checkRules, readFieldPath } from './rules/index.js';
import { validateStructural } from './validate-structural.js';
import { validateValue } from './validate-value.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];
const UNSUPPORTED = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
];
/** Kubernetes' only bound is the size of an object; deeper schemas than this would be a stack of our own. */
const DEPTH_MAX = 200;

/** The openAPIV3Schema of a version: structural, its extensions consistent, its defaults valid. */
export function validateOpenApiSchema(raw: unknown, path: string): FieldError[] {
  if (depthOf(raw) > DEPTH_MAX)
    return [invalid(path, '', `must not be nested deeper than ${String(DEPTH_MAX)} schemas`)];
  const { schema, errors: misread } = readSchema(raw);
  if (misread.length > 0) return [...new Set(misread)].map((text) => invalid(path, '', text));
  const errors: FieldError[] = [];
  if (schema.nullable === true)
    errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'));
  const structural = validateStructural(schema, path);
  errors.push(...structural);
  checkProps(schema, path, true, errors);
  if (errors.length === 0) checkDefaults(schema, path, true, errors);
  // What is wrong with the schema would show in its rules again.
  return errors.length > 0 ? errors : checkRules(schema, path);
}

function depthOf(schema: unknown): number {
  let depth = 0;
  let level: unknown[] = [schema];
  while (level.length > 0 && depth <= DEPTH_MAX * 2) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? (Object.values(each) as unknown[]) : [],
    );
    depth++;
  }
  return depth / 2;
}

function checkProps(schema: JsonSchema, path: string, isRoot: boolean, errors: FieldError[]): void {
  const { type = '', properties = {}, additionalProperties, items } = schema;
  if (type === 'null')
    errors.push(
      forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'),
    );
  else if (type !== '' && !TYPES.includes(type))
    errors.push(notSupported(`${path}.type`, type, TYPES));
  for (const name of UNSUPPORTED)
    if ((schema as Record<string, unknown>)[name] !== undefined)
      errors.push(forbidden(`${path}.${name}`, `${name} is not supported`));
  if (Array.isArray(items))
    errors.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  if (schema.uniqueItems === true)
    errors.push(
      forbidden(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  if (
    additionalProperties !== undefined &&
    additionalProperties !== true &&
    Object.keys(properties).length > 0
  )
    errors.push(
      forbidden(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  checkExtensions(schema, path, errors);
  schema['x-kubernetes-validations']?.forEach((rule, index) => {
    checkRuleTexts(rule, schema, `${path}.x-kubernetes-validations[${String(index)}]`, errors);
  });
  if (typeof additionalProperties === 'object')
    checkProps(additionalProperties, `${path}.additionalProperties`, false, errors);
  for (const [name, property] of Object.entries(properties)) {
    const at = `${path}.properties[${name}]`;
    if (isRoot && ['apiVersion', 'kind', 'metadata'].includes(name)) {
      if (property.default !== undefined)
        errors.push(forbidden(`${at}.default`, `must not be set in top-level ${name}`));
    }
    checkProps(property, at, false, errors);
  }
  if (isJsonMap(items)) checkProps(items, `${path}.items`, false, errors);
}

function checkExtensions(schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { type = '' } = schema;
  const preserve = 'x-kubernetes-preserve-unknown-fields';
  if (schema[preserve] === false)
    errors.push(invalid(`${path}.${preserve}`, false, 'must be true or undefined'));
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined) {
    checkTypeIs(type, 'object', 'x-kubernetes-map-type', path, errors);
    if (!['atomic', 'granular'].includes(mapType))
      errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== undefined) {
    const types = ['atomic', 'set', 'map'];
    checkTypeIs(type, 'array', 'x-kubernetes-list-type', path, errors);
    if (!types.includes(listType))
      errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, types));
    if (listType === 'set' && type === 'array') checkSetItems(schema, path, errors);
  }
  checkListMap(schema, path, errors);
}

function checkTypeIs(
  type: string,
  wanted: 'object' | 'array',
  because: string,
  path: string,
  errors: FieldError[],
): void {
  const text = `must be ${wanted} if ${because} is specified`;
  if (type === '') errors.push(required(`${path}.type`, text));
  else if (type !== wanted) errors.push(invalid(`${path}.type`, type, text));
}

function checkSetItems({ items }: JsonSchema, path: string, errors: FieldError[]): void {
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items?.['x-kubernetes-list-type'];
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic')
    errors.push(invalid(`${path}.items.x-kubernetes-list-type`, listType, text));
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    errors.push(invalid(`${path}.items.x-kubernetes-map-type`, null, text));
  if (items?.nullable === true)
    errors.push(
      forbidden(`${path}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is set'),
    );
}

function checkListMap(schema: JsonSchema, path: string, errors: FieldError[]): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length > 0 && listType !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const at = `${path}.x-kubernetes-list-type`;
    errors.push(listType === undefined ? required(at, text) : invalid(at, listType, text));
  }
  if (listType !== 'map') return;
  const { items } = schema;
  if (keys.length === 0)
    errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  if (items === undefined) {
    const text = 'must have a schema if x-kubernetes-list-type is map';
    errors.push(required(`${path}.items`, text));
    return;
  }
  if (items.nullable === true)
    errors.push(
      forbidden(`${path}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is map'),
    );
  if (items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${path}.items.type`, items.type ?? '', text));
    return;
  }
  if (new Set(keys).size < keys.length)
    errors.push(invalid(keysPath, keys, 'must not contain duplicate entries'));
  for (const key of keys) checkListMapKey(key, items, path, keys, errors);
}

function checkListMapKey(
  key: string,
  items: JsonSchema,
  path: string,
  keys: readonly string[],
  errors: FieldError[],
): void {
  const property = Object.hasOwn(items.properties ?? {}, key) ? items.properties?.[key] : undefined;
  const at = `${path}.items.properties[${key}]`;
  if (property === undefined) {
    const text = 'entries must all be names of item properties';
    errors.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, text));
    return;
  }
  if (property.type === 'array' || property.type === 'object') {
    const text = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${at}.type`, items.type ?? '', text));
  }
  if (property.default === undefined && items.required?.includes(key) !== true)
    errors.push(
      required(
        `${at}.default`,
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ),
    );
  if (property.nullable === true)
    errors.push(
      forbidden(
        `${at}.nullable`,
        'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
      ),
    );
}

function checkRuleTexts(
  rule: ValidationRule,
  schema: JsonSchema,
  path: string,
  errors: FieldError[],
): void {
  const text = ((rule as Partial<ValidationRule>).rule ?? '').trim();
  const message = rule.message ?? '';
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '')
    errors.push(invalid(`${path}.message`, message, 'must be non-empty if specified'));
  else if (message.trim().includes('\n'))
    errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'));
  else if (text.includes('\n') && message.trim() === '')
    errors.push(
      required(`${path}.message`, 'message must be specified if rule contains line breaks'),
    );
  const { messageExpression = '', reason, fieldPath = '' } = rule;
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(
      required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'),
    );
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath !== '' && fieldPath.trim() === '')
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified'));
  if (fieldPath.includes('\n'))
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'must not contain line breaks'));
  if (fieldPath !== '' && !readFieldPath(fieldPath, schema).ok)
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'must be a valid path'));
}

/** A default is itself pruned, defaulted and valid, but for what it may leave to the object around it. */
function checkDefaults(
  schema: JsonSchema,
  path: string,
  isRoot: boolean,
  errors: FieldError[],
): void {
  if (schema.default !== undefined && !isRoot) {
    const at = `${path}.default`;
    const copy = JSON.parse(JSON.stringify({ value: schema.default })) as { value: unknown };
    const holder: JsonSchema = { properties: { value: { ...schema } } };
    if (prune(copy, holder).length > 0)
      errors.push(invalid(at, schema.default, 'must not have unknown fields'));
    applySchemaDefaults(copy.value, schema);
    for (const found of [
      ...validateValue(copy.value, schema),
      ...validateListTypes(copy.value, schema),
    ]) {
      const inner = found.field === '' || found.field === '<nil>' ? '' : `.${found.field}`;
      errors.push({ ...found, field: `${at}${inner}` });
    }
  }
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    checkDefaults(property, `${path}.properties[${name}]`, false, errors);
  if (schema.items !== undefined) checkDefaults(schema.items, `${path}.items`, false, errors);
  if (typeof schema.additionalProperties === 'object')
    checkDefaults(schema.additionalProperties, `${path}.additionalProperties`, false, errors);
}
