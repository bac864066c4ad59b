import { assertDefined } from '../../base/index.js';
import { isAtomicField, isAtomicModel } from '../openapi/atomic.js';
import { mergeKeyOf } from '../patch/merge-keys.js';
import type { FieldType, Scalar } from '../scheme/field-type.js';
import { findModel } from '../scheme/model.js';
import type { ListKey, MapShape, Shape } from './shape.js';
import { ANY_SCALAR, DEDUCED } from './shape.js';

/** Keys of lists that may be left out, as Kubernetes' types have a default for them. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = {
  'V1Container.ports.protocol': 'TCP',
  'V1EphemeralContainer.ports.protocol': 'TCP',
  'V1ServiceSpec.ports.protocol': 'TCP',
  'V1ResourceClaimStatus.devices.shareID': '',
};

const shapes = new Map<string, MapShape>();

/** The shape of a built-in type (`V1Deployment`), from the generated models. Made at the first call and kept. */
export function modelShape(model: string): MapShape {
  const known = shapes.get(model);
  if (known !== undefined) return known;
  const { fields } = assertDefined(findModel(model), `model ${model}`);
  const found = new Map<string, Shape | undefined>();
  const shape: MapShape = {
    type: 'map',
    atomic: isAtomicModel(model),
    value: undefined,
    field(name) {
      if (found.has(name)) return found.get(name);
      const field = fields.get(name);
      const shape = field && fieldShape(model, name, field.type);
      found.set(name, shape);
      return shape;
    },
  };
  shapes.set(model, shape);
  return shape;
}

function fieldShape(model: string, field: string, type: FieldType): Shape {
  if (type.type === 'map') return mapOf(typeShape(type.value), isAtomicField(model, field));
  if (type.type !== 'list') return typeShape(type);
  const rule = mergeKeyOf(model, field);
  const relation = rule?.listType ?? 'atomic';
  const keys = (rule?.listMapKeys ?? []).map((name): ListKey => {
    const value = KEY_DEFAULTS[`${model}.${field}.${name}`];
    return value === undefined ? { name } : { name, default: value };
  });
  return { type: 'list', relation, keys, item: lazy(type.item) };
}

function typeShape(type: FieldType): Shape {
  switch (type.type) {
    case 'scalar':
      return scalarShape(type.scalar);
    case 'model':
      return modelShape(type.model);
    case 'list':
      return { type: 'list', relation: 'atomic', keys: [], item: lazy(type.item) };
    case 'map':
      return mapOf(typeShape(type.value), false);
  }
}

/** Types that hold themselves (JSONSchemaProps) are followed only as far as a value goes. */
function lazy(type: FieldType): () => Shape {
  let shape: Shape | undefined;
  return () => (shape ??= typeShape(type));
}

function mapOf(value: Shape, atomic: boolean): MapShape {
  return { type: 'map', atomic, field: () => undefined, value };
}

function scalarShape(scalar: Scalar): Shape {
  switch (scalar) {
    case 'string':
    case 'bytes':
      return { type: 'scalar', of: 'string' };
    case 'boolean':
      return { type: 'scalar', of: 'boolean' };
    case 'int32':
    case 'int64':
    case 'double':
      return { type: 'scalar', of: 'numeric' };
    case 'time':
    case 'micro-time':
    case 'quantity':
    case 'int-or-string':
      return ANY_SCALAR;
    default:
      return DEDUCED;
  }
}
