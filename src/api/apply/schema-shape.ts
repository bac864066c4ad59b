import { modelShape } from './model-shape.js';
import type { JsonMap, ListKey, ListShape, MapShape, ScalarShape, Shape } from './shape.js';
import { ANY_SCALAR, asList, asMap, DEDUCED } from './shape.js';

/**
 * The shape of a custom resource: its OpenAPI v3 schema (structural, as a CustomResourceDefinition has it) says which lists
 * are maps or sets and which maps are atomic; what it does not describe is deduced.
 */
export function customResourceShape(schema: JsonMap): MapShape {
  const own = schemaShape(schema);
  const fields = own.type === 'map' ? own : undefined;
  return {
    type: 'map',
    atomic: false,
    field: (name) => typeMetaShape(name) ?? fields?.field(name),
    value: fields === undefined ? DEDUCED : fields.value,
  };
}

function typeMetaShape(name: string): Shape | undefined {
  if (name === 'metadata') return modelShape('V1ObjectMeta');
  return name === 'apiVersion' || name === 'kind' ? { type: 'scalar', of: 'string' } : undefined;
}

/** The shape of one schema within. */
export function schemaShape(schema: JsonMap): Shape {
  if (schema['x-kubernetes-int-or-string'] === true) return ANY_SCALAR;
  switch (schema['type']) {
    case 'object':
      return objectShape(schema);
    case 'array':
      return listShape(schema);
    case 'string':
    case 'boolean':
      return { type: 'scalar', of: schema['type'] };
    case 'integer':
    case 'number':
      return { type: 'scalar', of: 'numeric' } satisfies ScalarShape;
    default:
      return DEDUCED;
  }
}

function objectShape(schema: JsonMap): Shape {
  const properties = asMap(schema['properties']);
  const additional = asMap(schema['additionalProperties']);
  const open =
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['additionalProperties'] === true;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const described = properties !== undefined || additional !== undefined || embedded;
  const atomic = schema['x-kubernetes-map-type'] === 'atomic';
  if (!described && !atomic) return DEDUCED;
  const found = new Map<string, Shape>();
  const field = (name: string): Shape | undefined => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const own =
      properties !== undefined && Object.hasOwn(properties, name)
        ? asMap(properties[name])
        : undefined;
    const shape =
      (embedded ? typeMetaShape(name) : undefined) ?? (own === undefined ? own : schemaShape(own));
    if (shape !== undefined) found.set(name, shape);
    return shape;
  };
  const rest = additional === undefined ? undefined : schemaShape(additional);
  return { type: 'map', atomic, field, value: rest ?? (open || !described ? DEDUCED : undefined) };
}

function listShape(schema: JsonMap): ListShape {
  const items = asMap(schema['items']) ?? {};
  const type = schema['x-kubernetes-list-type'];
  const relation = type === 'map' || type === 'set' ? type : 'atomic';
  const properties = asMap(items['properties']);
  const keys = (asList(schema['x-kubernetes-list-map-keys']) ?? []).map((each): ListKey => {
    const name = String(each);
    const value = asMap(properties?.[name])?.['default'];
    return value === undefined ? { name } : { name, default: value };
  });
  let shape: Shape | undefined;
  return { type: 'list', relation, keys, item: () => (shape ??= schemaShape(items)) };
}
