import t from 'tap';
import { pathText } from '../../../src/api/apply/path-element.js';
import { customResourceShape } from '../../../src/api/index.js';
import { AppliedObject, conflictPaths } from './apply-world.js';

const SHAPE = customResourceShape({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            properties: {
              port: { type: 'integer' },
              protocol: { type: 'string', default: 'TCP' },
              name: { type: 'string' },
            },
          },
        },
        hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        match: { type: 'object', 'x-kubernetes-map-type': 'atomic' },
        limits: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
        values: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});
const widget = (spec: object) => ({ metadata: { name: 'w' }, spec });

t.test('a schema says which lists have items and which maps are atomic', async (t) => {
  const object = new AppliedObject(SHAPE, 'example.com/v1');
  object.apply('a', widget({ ports: [{ port: 80, name: 'http' }], hosts: ['a'], match: { x: 1 } }));
  const more = { ports: [{ port: 80, protocol: 'UDP' }], hosts: ['b'], limits: { cpu: 1 } };
  t.equal(object.apply('b', widget(more)), undefined);
  t.match(object.object['spec'], {
    ports: [
      { port: 80, name: 'http' },
      { port: 80, protocol: 'UDP' },
    ],
    hosts: ['a', 'b'],
  });
  t.strictSame(object.owned('Apply b'), {
    'f:spec': {
      'f:ports': {
        'k:{"port":80,"protocol":"UDP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} },
      },
      'f:hosts': { 'v:"b"': {} },
      'f:limits': { 'f:cpu': {} },
    },
  });
  const refused = object.apply('b', widget({ match: { y: 1 } }));
  t.strictSame(conflictPaths(refused, pathText), ['.spec.match']);
});

t.test('what a schema leaves open is deduced: maps by parts, lists as a whole', async (t) => {
  const object = new AppliedObject(SHAPE, 'example.com/v1');
  const values = (value: unknown) => widget({ values: value });
  object.apply('a', values({ image: { tag: 1 }, list: [1] }));
  t.equal(object.apply('b', values({ image: { name: 'x' } })), undefined);
  t.strictSame(conflictPaths(object.apply('b', values({ list: [2] })), pathText), [
    '.spec.values.list',
  ]);
  t.equal(object.apply('a', values({ image: 'plain' }), { force: true }), undefined);
  t.strictSame(object.object['spec'], { values: { image: 'plain' } });
  t.match(object.apply('a', widget({ unknown: 1 })), {
    type: 'not-typed',
    message: '.spec.unknown: field not declared in schema',
  });
});
