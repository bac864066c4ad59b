import t from 'tap';
import { decodeObject, RESOURCES, strictDecodingError } from '../../../src/api/index.js';
import { randomObject } from '../random-model.js';

const seed = Number(process.env['KUBACTOR_SEED'] ?? 42);

function errorOf(model: string, json: unknown): string | undefined {
  return decodeObject(model, json).errors[0];
}

void t.test('a sound object comes out as it went in', (t) => {
  t.comment(`replay with KUBACTOR_SEED=${String(seed)}`);
  for (const { model } of RESOURCES) {
    for (let run = 0; run < 20; run++) {
      const object = randomObject(model, seed + run);
      const decoded = decodeObject(model, object);
      t.same(decoded, { value: object, unknownFields: [], errors: [] }, model);
    }
  }
  t.end();
});

void t.test('unknown fields are dropped and named by their paths', (t) => {
  const spec = {
    foo: 1,
    template: { metadata: { label: {} }, spec: { containers: [{ name: 'c' }, { imag: 'nginx' }] } },
  };
  const decoded = decodeObject('V1Deployment', { spec, extra: true });
  t.same(decoded.unknownFields, [
    'spec.foo',
    'spec.template.metadata.label',
    'spec.template.spec.containers[1].imag',
    'extra',
  ]);
  t.same(decoded.value, {
    spec: { template: { metadata: {}, spec: { containers: [{ name: 'c' }, {}] } } },
  });
  t.equal(
    strictDecodingError(['spec.x'], decoded.unknownFields.slice(0, 1)),
    'strict decoding error: duplicate field "spec.x", unknown field "spec.foo"',
  );
  t.equal(strictDecodingError([], []), undefined);
  t.end();
});

void t.test('no more than a hundred unknown fields are named', (t) => {
  const fields = Array.from({ length: 500 }, (_, at) => [`field${String(at)}`, 1] as const);
  t.equal(decodeObject('V1Pod', Object.fromEntries(fields)).unknownFields.length, 100);
  t.end();
});

void t.test('a value of the wrong type is refused in the words of Go', (t) => {
  const container = (fields: object): unknown => ({ spec: { containers: [fields] } });
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['V1Deployment', [], 'json: cannot unmarshal array into Go value of type v1.Deployment'],
    [
      'V1Deployment',
      { spec: { replicas: '3' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'V1Deployment',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'V1Deployment',
      { spec: { replicas: 2 ** 31 } },
      'json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'V1Deployment',
      { spec: 'x' },
      'json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec',
    ],
    [
      'V1Pod',
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'V1Pod',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'V1Pod',
      container({ command: [true] }),
      'json: cannot unmarshal bool into Go struct field Container.spec.containers.command of type string',
    ],
    [
      'V1Pod',
      container({ livenessProbe: { httpGet: { port: true } } }),
      'json: cannot unmarshal bool into Go value of type int32',
    ],
    [
      'V1Pod',
      container({ resources: { limits: { cpu: 'many' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['V1Secret', { data: { a: '%' } }, 'illegal base64 data at input byte 0'],
    [
      'V1Pod',
      { metadata: { creationTimestamp: 'now' } },
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
  ];
  for (const [model, json, message] of cases) t.equal(errorOf(model, json), message);
  t.end();
});

void t.test('values are written as Kubernetes writes them again', (t) => {
  const decoded = decodeObject('V1Pod', {
    metadata: {
      creationTimestamp: null,
      deletionTimestamp: '2026-01-02T05:04:05.5+02:00',
      labels: {},
    },
    spec: {
      hostNetwork: false,
      terminationGracePeriodSeconds: 0,
      tolerations: [],
      containers: [{ resources: { limits: { cpu: 2, memory: '1024Mi' } }, stdin: false }],
      volumes: [{ emptyDir: {} }],
    },
  });
  t.same(decoded.errors, []);
  t.same(decoded.value, {
    metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ resources: { limits: { cpu: '2', memory: '1Gi' } } }],
      volumes: [{ emptyDir: {} }],
    },
  });
  t.end();
});

void t.test('a null within a map or a list is the zero of its type', (t) => {
  const decoded = decodeObject('V1ConfigMap', {
    data: { a: null },
    metadata: { finalizers: [null] },
  });
  t.same(decoded.value, { data: { a: '' }, metadata: { finalizers: [''] } });
  t.end();
});

void t.test('__proto__ is a key like any other', (t) => {
  const json: unknown = JSON.parse(
    '{"data": {"__proto__": "x"}, "metadata": {"__proto__": {"y": 1}}}',
  );
  const decoded = decodeObject('V1ConfigMap', json);
  t.equal(JSON.stringify(decoded.value), '{"data":{"__proto__":"x"},"metadata":{}}');
  t.same(decoded.unknownFields, ['metadata.__proto__']);
  t.end();
});

void t.test('a schema that nests without end is refused', (t) => {
  let schema: unknown = {};
  for (let depth = 0; depth < 5000; depth++) schema = { not: schema };
  const crd = { spec: { versions: [{ schema: { openAPIV3Schema: schema } }] } };
  t.equal(errorOf('V1CustomResourceDefinition', crd), 'exceeded max depth');
  t.end();
});
