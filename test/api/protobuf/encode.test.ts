import t from 'tap';
import {
  decodeKubernetesProtobuf,
  encodeKubernetesProtobuf,
  encodeProtobufList,
  encodeProtobufMessage,
  protobufWatchFrame,
} from '../../../src/api/index.js';
import type { KubernetesObject } from '../../../src/api/index.js';

/** What Go writes of an ObjectMeta that says nothing, in its sixteen bytes. */
const NO_METADATA = '0a10 0a00 1200 1a00 2200 2a00 3200 3800 4200';

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function messageHex(object: KubernetesObject): string {
  const encoded = encodeProtobufMessage(object);
  if (!encoded.ok) throw new Error(encoded.error.message);
  return hexOf(encoded.value);
}

interface Case {
  readonly title: string;
  readonly object: KubernetesObject;
  readonly hex: string;
}

/** By hand, after the rules of gogo protobuf for proto2. */
const cases: readonly Case[] = [
  {
    title: 'values are always written, pointers, lists and maps where they are there',
    object: { apiVersion: 'v1', kind: 'Secret', immutable: false },
    hex: `${NO_METADATA} 1a00 2800`,
  },
  {
    title: 'maps are written in the order of their keys, empty bytes too',
    object: { apiVersion: 'v1', kind: 'Secret', data: { b: '', a: 'AQ==' } },
    hex: `${NO_METADATA} 1206 0a0161 120101 1205 0a0162 1200 1a00`,
  },
  {
    title: 'numbers that may be text have three fields',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      spec: { ports: [{ port: 80, targetPort: 'http' }, { port: 1 }] },
    },
    hex:
      `${NO_METADATA} 1238` +
      '0a14 0a00 1200 1850 220a 0801 1000 1a0468747470 2800' +
      '0a10 0a00 1200 1801 2206 0800 1000 1a00 2800' +
      '1a00 2200 3a00 4200 5200 5a00 6000 6800 1a02 0a00',
  },
  {
    title: 'times have whole seconds; a quantity is its text',
    object: {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { creationTimestamp: '2001-09-09T01:46:40Z' },
      spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] },
    },
    hex:
      '0a18 0a00 1200 1a00 2200 2a00 3200 3800 4208 088094ebdc03 1000' +
      '1213 0a11 0a03506f64 120a 0a03637075 1203 0a0131',
  },
];

for (const { title, object, hex } of cases) {
  void t.test(title, (t) => {
    t.equal(messageHex(object), hex.replaceAll(' ', ''));
    t.end();
  });
}

void t.test('a body that kubectl really sent is written byte for byte', (t) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } };
  const encoded = encodeKubernetesProtobuf(object);
  const sent =
    '6b387300 0a0f0a0276311209436f6e6669674d6170 121b0a110a017812001a0022002a0032003800420012060a01611201621a002200';
  t.ok(encoded.ok);
  if (encoded.ok) t.equal(hexOf(encoded.value), sent.replaceAll(' ', ''));
  t.end();
});

void t.test('the greatest int64 comes through, though JSON cannot say it', (t) => {
  const resources = { apiVersion: 'v1', kind: 'Namespace' };
  const metadata = { generation: Number('9223372036854775807') };
  t.match(messageHex({ ...resources, metadata }), '38ffffffffffffffff7f');
  t.end();
});

void t.test('a list is put together from the messages of its items', (t) => {
  const item = encodeProtobufMessage({ apiVersion: 'v1', kind: 'Secret' });
  const list = { apiVersion: 'v1', kind: 'SecretList', metadata: { resourceVersion: '7' } };
  t.ok(item.ok);
  if (!item.ok) return;
  const joined = encodeProtobufList(list, [item.value, item.value]);
  const whole = encodeKubernetesProtobuf({ ...list, items: [{}, {}] });
  t.same(joined, whole);
  t.end();
});

void t.test('an event of a watch stands behind its length', (t) => {
  t.equal(
    hexOf(protobufWatchFrame('ADDED', Uint8Array.of(1, 2))),
    '0000000d 0a05 4144444544 1204 0a02 0102'.replaceAll(' ', ''),
  );
  t.end();
});

void t.test('the beginning of 1970 is a time, and no time is an empty message', (t) => {
  const object = { apiVersion: 'v1', kind: 'Secret' };
  const metadata = { creationTimestamp: '1970-01-01T00:00:00Z' };
  t.match(messageHex({ ...object, metadata }), '420408001000');
  const encoded = encodeKubernetesProtobuf({ ...object, metadata });
  t.ok(encoded.ok);
  if (encoded.ok)
    t.match(decodeKubernetesProtobuf(encoded.value), { value: { object: { metadata } } });
  t.end();
});

void t.test('what nests without end is refused, not a crash', (t) => {
  let schema: object = {};
  for (let depth = 0; depth < 2000; depth++) schema = { items: schema };
  const encoded = encodeKubernetesProtobuf({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'JSONSchemaProps',
    ...schema,
  });
  t.match(encoded, { ok: false, error: { message: 'proto: messages nest deeper than 1000' } });
  t.end();
});
