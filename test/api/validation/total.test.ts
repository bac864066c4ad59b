import fc from 'fast-check';
import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { decodeObject, resourceKeyOf } from '../../../src/api/index.js';
import { RESOURCES } from '../../../src/api/resources/index.js';
import { findModel } from '../../../src/api/scheme/model.js';
import type { FieldType } from '../../../src/api/scheme/field-type.js';
import { setDefaults } from '../../../src/api/defaulting/index.js';
import { printTable } from '../../../src/api/printers/index.js';
import { selectableFields } from '../../../src/api/selector/index.js';
import { validateCreate, validateUpdate } from '../../../src/api/validation/index.js';

const WORDS = [
  '',
  'a',
  'A_b',
  'x.y',
  '-',
  'In',
  'Exists',
  'Always',
  'Never',
  'None',
  'ClusterIP',
  'LoadBalancer',
  'Recreate',
  'RollingUpdate',
  '10.0.0.1',
  '::1',
  '80',
  '25%',
  '1Gi',
  '-5',
  '2026-01-02T03:04:05Z',
  'cpu',
  'kubernetes.io/tls',
];

const text = fc.constantFrom(...WORDS);
const integer = fc.integer({ min: -2, max: 70_000 });

/** What decodes as a scalar of this type, mostly; null is as good as absent. */
function scalarOf(scalar: string): fc.Arbitrary<unknown> {
  switch (scalar) {
    case 'boolean':
      return fc.boolean();
    case 'int32':
    case 'int64':
      return integer;
    case 'int-or-string':
      return fc.oneof(integer, text);
    case 'quantity':
      return fc.constantFrom('0', '1', '-1', '500m', '1.5Gi', '3e3');
    case 'time':
      return fc.constant('2026-01-02T03:04:05Z');
    case 'micro-time':
      return fc.constant('2026-01-02T03:04:05.000000Z');
    case 'bytes':
      return fc.constantFrom('', 'AA==');
    case 'string':
      return fc.oneof(text, fc.constant(null));
    default:
      return fc.constant({});
  }
}

/** JSON that looks like a type, with parts that are absent or of another type. */
function valueOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  switch (type.type) {
    case 'scalar':
      return scalarOf(type.scalar);
    case 'list':
      return fc.array(valueOf(type.item, depth), { maxLength: 2 });
    case 'map':
      return fc.dictionary(text, valueOf(type.value, depth), { maxKeys: 2, noNullPrototype: true });
    case 'model':
      return objectOf(type.model, depth);
  }
}

function objectOf(model: string, depth: number): fc.Arbitrary<unknown> {
  const fields = findModel(model)?.fields;
  if (fields === undefined || depth === 0) return fc.constant({});
  const shape: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of fields) shape[name] = fc.memo(() => valueOf(field.type, depth - 1))();
  return fc.record(shape, { requiredKeys: [], noNullPrototype: true });
}

void t.test(
  'what decoding lets through never crashes defaulting, validation, selection or printing',
  (t) => {
    const seed = Number(process.env['KUBACTOR_SEED'] ?? 1);
    t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
    for (const resource of RESOURCES) {
      const key = resourceKeyOf(resource);
      const json = objectOf(resource.model, 5);
      let reached = 0;
      const decoded = (each: unknown): KubernetesObject => {
        const { value, errors } = decodeObject(resource.model, each);
        fc.pre(errors.length === 0);
        const stored = resource.storedAs?.toStored(value) ?? value;
        setDefaults(key, stored);
        return stored;
      };
      fc.assert(
        fc.property(json, json, (a, b) => {
          const object = decoded(a);
          const old = decoded(b);
          reached++;
          const errors = [
            ...validateCreate(key, object),
            ...validateUpdate(key, object, old),
            ...validateUpdate(key, object, old, 'status'),
          ];
          for (const error of errors) JSON.stringify(error);
          selectableFields(key, object);
          printTable(key, [object], { nowMs: 0, includeObject: 'Metadata' });
        }),
        { seed, numRuns: 40 },
      );
      t.ok(reached >= 40, `${key}: objects get through decoding`);
    }
    t.end();
  },
);
