import t from 'tap';
import { compareObjects } from '../../../src/api/apply/compare.js';
import { fieldsOf } from '../../../src/api/apply/fields-of.js';
import { mergeObjects } from '../../../src/api/apply/merge.js';
import { modelShape } from '../../../src/api/index.js';

const POD = modelShape('V1Pod');
const container = (name: string, more: object = {}) => ({ name, ...more });
const pod = (...containers: object[]) => ({ spec: { containers } });

t.test('fields of an object: structs are ways, keys of maps and items are fields', async (t) => {
  const object = {
    metadata: { labels: { app: 'web' }, finalizers: ['a'] },
    spec: {
      nodeSelector: { disk: 'ssd' },
      securityContext: {},
      tolerations: [{ key: 'x' }],
      containers: [container('c', { ports: [{ containerPort: 80 }], args: ['-v'] })],
    },
  };
  t.strictSame(fieldsOf(object, POD), {
    'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:finalizers': { 'v:"a"': {} } },
    'f:spec': {
      'f:nodeSelector': {},
      'f:securityContext': {},
      'f:tolerations': {},
      'f:containers': {
        'k:{"name":"c"}': {
          '.': {},
          'f:name': {},
          'f:args': {},
          'f:ports': {
            'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
          },
        },
      },
    },
  });
});

t.test('changes: added with all that comes with it, modified, removed', async (t) => {
  const before = pod(container('a', { image: '1' }), container('b'));
  const after = pod(container('a', { image: '2', resources: {} }), container('c'));
  const items = { 'f:name': {}, '.': {} };
  t.strictSame(compareObjects(before, after, POD), {
    added: {
      'f:spec': {
        'f:containers': { 'k:{"name":"a"}': { 'f:resources': {} }, 'k:{"name":"c"}': items },
      },
    },
    modified: { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:image': {} } } } },
    removed: { 'f:spec': { 'f:containers': { 'k:{"name":"b"}': items } } },
  });
  t.equal(compareObjects(before, structuredClone(before), POD), undefined);
});

t.test('the order of a map list changes nothing, that of an atomic list does', async (t) => {
  const [a, b] = [container('a'), container('b')];
  t.equal(compareObjects(pod(a, b), pod(b, a), POD), undefined);
  const args = (...list: string[]) => pod(container('a', { args: list }));
  t.strictSame(compareObjects(args('x', 'y'), args('y', 'x'), POD)?.modified, {
    'f:spec': { 'f:containers': { 'k:{"name":"a"}': { 'f:args': {} } } },
  });
});

t.test('items that cannot be told apart are taken as one', async (t) => {
  const twice = pod(container('a', { image: '1' }), container('a', { image: '2' }));
  const changed = pod(container('a', { image: '1' }), container('a', { image: '3' }));
  t.strictSame(compareObjects(twice, changed, POD)?.modified, {
    'f:spec': { 'f:containers': { 'k:{"name":"a"}': {} } },
  });
  const nameless = pod({ image: '1' });
  t.strictSame(compareObjects(nameless, pod({ image: '2' }), POD)?.modified, {
    'f:spec': { 'f:containers': {} },
  });
});

t.test('merge: items in the order of the configuration, others where they stood', async (t) => {
  const names = (live: string, config: string): string => {
    const object = (text: string) => pod(...Array.from(text, (name) => container(name)));
    const merged = mergeObjects(object(live), object(config), POD) as ReturnType<typeof pod>;
    return merged.spec.containers.map((each) => (each as { name: string }).name).join('');
  };
  t.equal(names('abc', 'c'), 'abc');
  t.equal(names('abc', 'ca'), 'bca');
  t.equal(names('abc', 'xb'), 'axbc');
  t.equal(names('', 'ab'), 'ab');
  t.equal(names('ab', 'cd'), 'abcd');
  t.equal(names('abcd', 'db'), 'acdb');
});

t.test(
  'merge: what is owned as a whole is replaced, null in a configuration removes nothing',
  async (t) => {
    const live = {
      spec: { nodeSelector: { a: '1' }, containers: [container('c', { args: ['1'] })] },
    };
    const merged = mergeObjects(
      live,
      {
        spec: {
          nodeSelector: { b: '2' },
          containers: [container('c', { args: ['2'] })],
          volumes: null,
        },
      },
      POD,
    );
    t.strictSame(merged, {
      spec: {
        nodeSelector: { b: '2' },
        containers: [container('c', { args: ['2'] })],
        volumes: null,
      },
    });
    t.strictSame(mergeObjects(live, { spec: null }, POD), live);
  },
);
