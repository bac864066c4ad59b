import { assertDefined, assertNever } from '../../base/index.js';
import { mergeKeyOf } from '../patch/merge-keys.js';
import type { FieldType, Scalar } from '../scheme/field-type.js';
import type { Model, ModelField } from '../scheme/model.js';
import { definitionName, findModel } from '../scheme/model.js';
import { isAtomicField, isAtomicModel } from './atomic.js';
import type { ModelDescription } from './describe.js';
import { describeModel } from './describe.js';
import type { Schema } from './schema-object.js';
import { sharedDefinition } from './shared-schema.js';

/** The definitions of a document, under their names, and what they still refer to. */
export interface CustomDefinition {
  readonly kinds: readonly unknown[];
  readonly schema: Schema;
}

export interface Definitions {
  /** What no model describes, under its name: the schemas of custom resources. */
  readonly custom: ReadonlyMap<string, CustomDefinition>;
  readonly schemas: Map<string, Schema>;
  /** Models that are referred to and not defined yet. */
  readonly pending: string[];
}

export function newDefinitions(
  custom: Definitions['custom'] = new Map<string, CustomDefinition>(),
): Definitions {
  return { custom, schemas: new Map(), pending: [] };
}

/** A reference to a model's definition, which it sees to. */
export function modelReference(model: string, definitions: Definitions): Schema {
  const custom = definitions.custom.get(model);
  if (custom !== undefined) {
    definitions.schemas.set(model, {
      ...custom.schema,
      'x-kubernetes-group-version-kind': custom.kinds,
    });
    return { $ref: `#/components/schemas/${model}` };
  }
  const name = assertDefined(definitionName(model), `definition of ${model}`);
  if (!definitions.schemas.has(name)) {
    // Holds the place, so that a model is defined once however often it is referred to.
    definitions.schemas.set(name, {});
    definitions.pending.push(model);
  }
  return { $ref: `#/components/schemas/${name}` };
}

/** Defines all that is referred to, and what that refers to. */
export function defineAll(definitions: Definitions, kindsOf: (model: string) => unknown[]): void {
  for (
    let model = definitions.pending.pop();
    model !== undefined;
    model = definitions.pending.pop()
  ) {
    const name = assertDefined(definitionName(model), `definition of ${model}`);
    const kinds = kindsOf(model);
    const extension = kinds.length > 0 && { 'x-kubernetes-group-version-kind': kinds };
    const schema = modelSchema(assertDefined(findModel(model), model), definitions);
    definitions.schemas.set(name, { ...schema, ...extension });
  }
}

function modelSchema(model: Model, definitions: Definitions): Schema {
  const about = describeModel(model.name);
  const fields = [...model.fields.values()];
  const properties = fields.map((field) => [
    field.name,
    propertySchema(model, field, about, definitions),
  ]);
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    ...(about.text !== '' && { description: about.text }),
    ...(fields.length > 0 && { properties: Object.fromEntries(properties) as unknown }),
    ...(required.length > 0 && { required }),
    type: 'object',
    ...(isAtomicModel(model.name) && { 'x-kubernetes-map-type': 'atomic' }),
  };
}

function propertySchema(
  model: Model,
  field: ModelField,
  about: ModelDescription,
  definitions: Definitions,
): Schema {
  const description = about.fields.get(field.name) ?? '';
  const schema = typeSchema(field.type, definitions);
  // OpenAPI 3.0 ignores what stands beside a $ref.
  const alone = '$ref' in schema ? { allOf: [schema] } : schema;
  return {
    ...(description !== '' && { description }),
    ...alone,
    ...mergeExtensions(model.name, field.name),
  };
}

function mergeExtensions(model: string, field: string): Schema {
  const rule = mergeKeyOf(model, field);
  const atomic = isAtomicField(model, field) && { 'x-kubernetes-map-type': 'atomic' };
  if (!rule) return { ...atomic };
  const strategies = [rule.strategy, rule.retainKeys === true ? 'retainKeys' : undefined];
  const strategy = strategies.filter((each) => each !== undefined).join(',');
  return {
    ...atomic,
    ...(rule.listMapKeys && { 'x-kubernetes-list-map-keys': rule.listMapKeys }),
    ...(rule.listType !== undefined && { 'x-kubernetes-list-type': rule.listType }),
    ...(rule.mergeKey !== undefined && { 'x-kubernetes-patch-merge-key': rule.mergeKey }),
    ...(strategy !== '' && { 'x-kubernetes-patch-strategy': strategy }),
  };
}

function typeSchema(type: FieldType, definitions: Definitions): Schema {
  switch (type.type) {
    case 'scalar':
      return scalarSchema(type.scalar, definitions);
    case 'model':
      return modelReference(type.model, definitions);
    case 'list':
      return { items: typeSchema(type.item, definitions), type: 'array' };
    case 'map':
      return { additionalProperties: typeSchema(type.value, definitions), type: 'object' };
    default:
      return assertNever(type);
  }
}

function scalarSchema(scalar: Scalar, definitions: Definitions): Schema {
  const shared = sharedDefinition(scalar);
  if (shared) {
    definitions.schemas.set(shared.name, shared.schema);
    return { $ref: `#/components/schemas/${shared.name}` };
  }
  switch (scalar) {
    case 'string':
    case 'boolean':
      return { type: scalar };
    case 'int32':
    case 'int64':
      return { format: scalar, type: 'integer' };
    case 'double':
      return { format: scalar, type: 'number' };
    case 'bytes':
      return { format: 'byte', type: 'string' };
    case 'string-list':
      return { items: { type: 'string' }, type: 'array' };
    case 'empty':
      return { type: 'object' };
    default:
      return {};
  }
}
