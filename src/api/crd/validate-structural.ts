import type { FieldError } from '../validation/field-error.js';
import { forbidden, formatFieldError, invalid, required } from '../validation/field-error.js';
import { jsonEqualStrict } from './json-equal.js';
import type { JsonSchema } from './json-schema.js';
import { compilePattern } from './pattern.js';

type Level = 'root' | 'field' | 'item';

const LEVEL_TEXTS: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

/** Whether a schema is structural (KEP-1979), in the words of apiextensions' ValidateStructural, sorted as there. */
export function validateStructural(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkSchema(schema, 'root', path, errors);
  checkComplete(schema, path, errors);
  return errors.sort((a, b) => (formatFieldError(a) < formatFieldError(b) ? -1 : 1));
}

function checkSchema(schema: JsonSchema, level: Level, path: string, errors: FieldError[]): void {
  const { type = '', items, properties = {}, additionalProperties } = schema;
  if (type === 'array' && items === undefined)
    errors.push(required(`${path}.items`, 'must be specified'));
  if (items !== undefined) checkSchema(items, 'item', `${path}.items`, errors);
  for (const [name, property] of Object.entries(properties))
    checkSchema(property, 'field', `${path}.properties[${name}]`, errors);
  if (additionalProperties !== undefined) {
    const at = `${path}.additionalProperties`;
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'));
    if (typeof additionalProperties === 'object')
      checkSchema(additionalProperties, 'field', at, errors);
  }
  checkExtensions(schema, path, errors);
  checkValueValidations(schema, path, errors);
  checkOwnType(schema, level, path, errors);
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  checkMetaProperties(schema, level, isResource, path, errors);
}

function checkExtensions(schema: JsonSchema, path: string, errors: FieldError[]): void {
  if (schema['x-kubernetes-int-or-string'] !== true) return;
  const text = 'must be false if x-kubernetes-int-or-string is true';
  for (const name of [
    'x-kubernetes-preserve-unknown-fields',
    'x-kubernetes-embedded-resource',
  ] as const)
    if (schema[name] === true) errors.push(invalid(`${path}.${name}`, true, text));
}

function checkOwnType(schema: JsonSchema, level: Level, path: string, errors: FieldError[]): void {
  const { type = '', additionalProperties, properties = {} } = schema;
  const at = `${path}.type`;
  if (schema['x-kubernetes-embedded-resource'] === true) {
    const text = 'must be object if x-kubernetes-embedded-resource is true';
    if (type === '') errors.push(required(at, text));
    else if (type !== 'object') errors.push(invalid(at, type, text));
    if (additionalProperties !== undefined)
      errors.push(
        forbidden(
          `${path}.additionalProperties`,
          'must not be used if x-kubernetes-embedded-resource is set',
        ),
      );
    if (!preserves(schema) && Object.keys(properties).length === 0)
      errors.push(
        required(
          `${path}.properties`,
          'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
        ),
      );
    return;
  }
  if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves(schema))
    errors.push(required(at, LEVEL_TEXTS[level]));
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(at, type, 'must be object at the root'));
}

function preserves(schema: JsonSchema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function checkMetaProperties(
  schema: JsonSchema,
  level: Level,
  isResource: boolean,
  path: string,
  errors: FieldError[],
): void {
  if (!isResource) return;
  const property = (name: string): JsonSchema | undefined =>
    Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
  for (const name of ['kind', 'apiVersion']) {
    const found = property(name);
    if (found !== undefined && found.type !== 'string')
      errors.push(invalid(`${path}.properties[${name}].type`, found.type ?? '', 'must be string'));
  }
  const metadata = property('metadata');
  if (metadata === undefined) return;
  const at = `${path}.properties[metadata]`;
  if (metadata.type !== 'object')
    errors.push(invalid(`${at}.type`, metadata.type ?? '', 'must be object'));
  if (level === 'root' && !saysOnlyNames(metadata))
    errors.push(
      forbidden(
        at,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
}

function saysOnlyNames({ properties = {}, ...rest }: JsonSchema): boolean {
  const names = ['name', 'generateName'];
  const said = Object.keys(rest).filter((key) => key !== 'type' && key !== 'default');
  return said.length === 0 && Object.keys(properties).every((name) => names.includes(name));
}

/** The parts of a schema that constrain values without describing them. */
function checkValueValidations(schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { allOf = [], anyOf = [], oneOf = [], not, pattern = '' } = schema;
  if (!jsonEqualStrict(anyOf, INT_OR_STRING))
    anyOf.forEach((each, index) => {
      checkNested(each, `${path}.anyOf[${String(index)}]`, errors);
    });
  allOf.forEach((each, index) => {
    const intOrString = index === 0 && jsonEqualStrict(each.anyOf ?? [], INT_OR_STRING);
    const { anyOf: _pattern, ...rest } = each;
    checkNested(intOrString ? rest : each, `${path}.allOf[${String(index)}]`, errors);
  });
  oneOf.forEach((each, index) => {
    checkNested(each, `${path}.oneOf[${String(index)}]`, errors);
  });
  if (not !== undefined) checkNested(not, `${path}.not`, errors);
  if (pattern === '') return;
  const compiled = compilePattern(pattern);
  if (!compiled.ok)
    errors.push(
      invalid(
        `${path}.pattern`,
        pattern,
        `must be a valid regular expression, but isn't: ${compiled.error}`,
      ),
    );
}

/** What must not stand within allOf, anyOf, oneOf and not: it would describe, not constrain. */
const NOT_NESTED: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function checkNested(schema: JsonSchema, path: string, errors: FieldError[]): void {
  checkValueValidations(schema, path, errors);
  const { items, properties = {} } = schema;
  if (items !== undefined) checkNested(items, `${path}.items`, errors);
  for (const [name, property] of Object.entries(properties))
    checkNested(property, `${path}.properties[${name}]`, errors);
  for (const [name, text] of NOT_NESTED) {
    const value = schema[name];
    if (value !== undefined && value !== false && value !== '')
      errors.push(forbidden(`${path}.${name}`, text));
  }
  if (schema.additionalProperties !== undefined)
    errors.push(forbidden(`${path}.additionalProperties`, 'must be undefined to be structural'));
  if (Object.hasOwn(properties, 'metadata'))
    errors.push(
      forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'),
    );
}

/** What is constrained within allOf, anyOf, oneOf and not has to be described outside of them. */
function checkComplete(schema: JsonSchema, path: string, errors: FieldError[]): void {
  const { allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema;
  const nested: [string, JsonSchema][] = [
    ...allOf.map((each, index): [string, JsonSchema] => [`allOf[${String(index)}]`, each]),
    ...anyOf.map((each, index): [string, JsonSchema] => [`anyOf[${String(index)}]`, each]),
    ...oneOf.map((each, index): [string, JsonSchema] => [`oneOf[${String(index)}]`, each]),
    ...(not === undefined ? [] : [['not', not] as [string, JsonSchema]]),
  ];
  for (const [name, each] of nested) checkDescribed(each, schema, `${path}.${name}`, path, errors);
  for (const [name, property] of Object.entries(properties))
    checkComplete(property, `${path}.properties[${name}]`, errors);
  if (schema.items !== undefined) checkComplete(schema.items, `${path}.items`, errors);
  if (typeof schema.additionalProperties === 'object')
    checkComplete(schema.additionalProperties, `${path}.additionalProperties`, errors);
}

function checkDescribed(
  nested: JsonSchema,
  schema: JsonSchema | undefined,
  nestedPath: string,
  path: string,
  errors: FieldError[],
): void {
  const because = (at: string): string => `because it is defined in ${at}`;
  for (const [name, property] of Object.entries(nested.properties ?? {})) {
    const at = `${nestedPath}.properties[${name}]`;
    const described = Object.hasOwn(schema?.properties ?? {}, name)
      ? schema?.properties?.[name]
      : undefined;
    if (described === undefined) errors.push(required(`${path}.properties[${name}]`, because(at)));
    else checkDescribed(property, described, at, `${path}.properties[${name}]`, errors);
  }
  if (nested.items !== undefined) {
    const at = `${nestedPath}.items`;
    if (schema?.items === undefined) errors.push(required(`${path}.items`, because(at)));
    else checkDescribed(nested.items, schema.items, at, `${path}.items`, errors);
  }
  const deeper = [...(nested.allOf ?? []), ...(nested.anyOf ?? []), ...(nested.oneOf ?? [])];
  if (nested.not !== undefined) deeper.push(nested.not);
  for (const each of deeper) checkDescribed(each, schema, nestedPath, path, errors);
}
