import t from 'tap';
import { applySchemaDefaults } from '../../../src/api/crd/default-values.js';
import type { JsonMap, JsonSchema } from '../../../src/api/crd/json-schema.js';
import { validateListTypes } from '../../../src/api/crd/list-type.js';
import { prune } from '../../../src/api/crd/prune.js';
import { validateValue } from '../../../src/api/crd/validate-value.js';
import { formatFieldError } from '../../../src/api/validation/field-error.js';

function spec(properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties: { spec: { type: 'object', properties, ...more } } };
}

function problems(value: unknown, schema: JsonSchema): string[] {
  return validateValue(value, schema).map(formatFieldError);
}

void t.test('pruning removes what no schema describes, and says where it was', (t) => {
  const schema = spec({
    known: { type: 'string' },
    list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
    map: { type: 'object', additionalProperties: { type: 'object', properties: { b: {} } } },
    free: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { c: { type: 'object' } },
    },
    embedded: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: { type: 'object' } },
    },
  });
  const object: JsonMap = {
    apiVersion: 'a/v1',
    kind: 'K',
    metadata: { name: 'x' },
    top: 1,
    spec: {
      known: 'a',
      unknown: 1,
      list: [{ a: 'x', z: 1 }],
      map: { k: { b: 1, z: 2 } },
      free: { any: { thing: 1 }, c: { gone: 1 } },
      embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: {} },
    },
  };
  t.same(prune(object, schema), [
    'top',
    'spec.unknown',
    'spec.list[0].z',
    'spec.map.k.z',
    'spec.free.c.gone',
    'spec.embedded.status',
  ]);
  t.same(object['spec'], {
    known: 'a',
    list: [{ a: 'x' }],
    map: { k: { b: 1 } },
    free: { any: { thing: 1 }, c: {} },
    embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
  });
  t.end();
});

void t.test('defaults fill what is absent, and nulls that may not be null', (t) => {
  const schema = spec({
    replicas: { type: 'integer', default: 1 },
    nullable: { type: 'string', nullable: true, default: 'n' },
    nested: { type: 'object', default: {}, properties: { deep: { type: 'string', default: 'd' } } },
    list: {
      type: 'array',
      items: { type: 'object', properties: { p: { type: 'string', default: 'TCP' } } },
    },
  });
  const object = { spec: { replicas: null, nullable: null, list: [{}, { p: 'UDP' }] } };
  applySchemaDefaults(object, schema);
  t.same(object, {
    spec: {
      replicas: 1,
      nullable: null,
      nested: { deep: 'd' },
      list: [{ p: 'TCP' }, { p: 'UDP' }],
    },
  });
  t.end();
});

const CASES: readonly [string, JsonSchema, unknown, string[]][] = [
  [
    'a type',
    { type: 'integer' },
    'x',
    ['spec.v: Invalid value: "string": spec.v in body must be of type integer: "string"'],
  ],
  [
    'a null',
    { type: 'string' },
    null,
    ['spec.v: Invalid value: "null": spec.v in body must be of type string: "null"'],
  ],
  ['a null that may be', { type: 'string', nullable: true }, null, []],
  [
    'int-or-string',
    { 'x-kubernetes-int-or-string': true },
    true,
    ['spec.v: Invalid value: "boolean": spec.v in body must be of type integer,string: "boolean"'],
  ],
  ['an integer as a number', { type: 'number' }, 1, []],
  [
    'enum',
    { type: 'string', enum: ['a', 'b'] },
    'c',
    ['spec.v: Unsupported value: "c": supported values: "a", "b"'],
  ],
  [
    'pattern',
    { type: 'string', pattern: '^a+$' },
    'b',
    ['spec.v: Invalid value: "b": spec.v in body should match \'^a+$\''],
  ],
  [
    'maximum',
    { type: 'integer', maximum: 3 },
    4,
    ['spec.v: Invalid value: 4: spec.v in body should be less than or equal to 3'],
  ],
  [
    'exclusive minimum',
    { type: 'integer', minimum: 3, exclusiveMinimum: true },
    3,
    ['spec.v: Invalid value: 3: spec.v in body should be greater than 3'],
  ],
  [
    'multipleOf',
    { type: 'integer', multipleOf: 5 },
    7,
    ['spec.v: Invalid value: 7: spec.v in body should be a multiple of 5'],
  ],
  [
    'minLength',
    { type: 'string', minLength: 3 },
    'ä',
    ['spec.v: Invalid value: "ä": spec.v in body should be at least 3 chars long'],
  ],
  [
    'maxLength',
    { type: 'string', maxLength: 1 },
    'ab',
    ['spec.v: Too long: may not be more than 1 byte'],
  ],
  [
    'format',
    { type: 'string', format: 'date-time' },
    'yesterday',
    ['spec.v: Invalid value: "yesterday": spec.v in body must be of type date-time: "yesterday"'],
  ],
  ['a format that nobody knows', { type: 'string', format: 'colour' }, 'x', []],
  [
    'minItems',
    { type: 'array', items: { type: 'string' }, minItems: 1 },
    [],
    ['spec.v: Invalid value: 0: spec.v in body should have at least 1 items'],
  ],
  [
    'maxItems',
    { type: 'array', items: { type: 'string' }, maxItems: 1 },
    ['a', 'b'],
    ['spec.v: Too many: 2: must have at most 1 item'],
  ],
  [
    'items',
    { type: 'array', items: { type: 'string' } },
    ['a', 1],
    ['spec.v[1]: Invalid value: "integer": spec.v[1] in body must be of type string: "integer"'],
  ],
  ['required', { type: 'object', required: ['a'] }, {}, ['spec.v.a: Required value']],
  [
    'oneOf',
    {
      type: 'object',
      properties: { a: {}, b: {} },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    { a: 1, b: 1 },
    [
      '<nil>: Invalid value: "": "spec.v" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
  ],
  [
    'oneOf of none',
    { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    {},
    [
      '<nil>: Invalid value: "": "spec.v" must validate one and only one schema (oneOf). Found none valid',
      'spec.v.a: Required value',
    ],
  ],
  [
    'not',
    { type: 'string', not: { enum: ['x'] } },
    'x',
    ['<nil>: Invalid value: "": "spec.v" must not validate the schema (not)'],
  ],
];

for (const [name, schema, value, expected] of CASES)
  void t.test(`validation in Kubernetes' words: ${name}`, (t) => {
    t.same(problems({ spec: { v: value } }, spec({ v: schema })), expected);
    t.end();
  });

void t.test('a pattern takes linear time, whatever it is', (t) => {
  const schema = spec({ v: { type: 'string', pattern: '^(a+)+$' } });
  t.equal(problems({ spec: { v: `${'a'.repeat(5_000)}!` } }, schema).length, 1);
  t.end();
});

void t.test('sets and maps of lists have each item, each key once', (t) => {
  const schema = spec({
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    map: {
      type: 'array',
      items: { type: 'object' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'port'],
    },
  });
  const value = {
    spec: {
      set: ['a', 'b', 'a', 'a'],
      map: [
        { name: 'x', port: 1 },
        { port: 2, name: 'x' },
        { port: 1, name: 'x' },
      ],
    },
  };
  t.same(validateListTypes(value, schema).map(formatFieldError), [
    'spec.set[2]: Duplicate value: "a"',
    'spec.map[2]: Duplicate value: {"name":"x","port":1}',
  ]);
  t.end();
});
