import t from 'tap';
import type { V1NodeSelectorTerm, V1PodSpec } from '../../../src/api/index.js';
import { matchesNodeAffinity } from '../../../src/api/index.js';

const NODE = { name: 'node-1', labels: { zone: 'a', cores: '4', disk: '10x' } };

const matches = (spec: Partial<V1PodSpec>): boolean =>
  matchesNodeAffinity({ spec: { containers: [], ...spec } }, NODE);
const affinity = (...nodeSelectorTerms: V1NodeSelectorTerm[]): boolean =>
  matches({
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
  });

void t.test('a pod without wishes matches every node', (t) => {
  t.ok(matches({}));
  t.ok(matches({ affinity: { nodeAffinity: {} } }));
  t.end();
});

void t.test('nodeSelector: all labels must be there', (t) => {
  t.ok(matches({ nodeSelector: { zone: 'a', cores: '4' } }));
  t.notOk(matches({ nodeSelector: { zone: 'a', cores: '5' } }));
  t.notOk(matches({ nodeSelector: { toString: 'a' } }), 'no label is inherited');
  t.end();
});

void t.test('nodeAffinity: each operator', (t) => {
  for (const [expected, key, operator, values] of [
    [true, 'zone', 'In', ['a', 'b']],
    [false, 'zone', 'In', ['b']],
    [false, 'none', 'In', ['a']],
    [false, 'zone', 'NotIn', ['a']],
    [true, 'none', 'NotIn', ['a']],
    [true, 'zone', 'Exists', undefined],
    [false, 'none', 'Exists', undefined],
    [false, 'constructor', 'Exists', undefined],
    [false, 'zone', 'DoesNotExist', undefined],
    [true, 'none', 'DoesNotExist', undefined],
    [true, 'cores', 'Gt', ['3']],
    [false, 'cores', 'Gt', ['4']],
    [true, 'cores', 'Lt', ['5']],
    [false, 'cores', 'Lt', ['4']],
    [false, 'none', 'Lt', ['4']],
    [false, 'disk', 'Gt', ['1']],
    [false, 'zone', 'Near', ['a']],
  ] as const) {
    const requirement = { key, operator, ...(values && { values: [...values] }) };
    const name = [key, operator, ...(values ?? [])].join(' ');
    t.equal(affinity({ matchExpressions: [requirement] }), expected, name);
  }
  t.end();
});

void t.test('nodeAffinity: one term must hold, and all of it; an empty one never does', (t) => {
  const here = { key: 'zone', operator: 'In', values: ['a'] };
  const elsewhere = { key: 'zone', operator: 'In', values: ['b'] };
  t.ok(affinity({ matchExpressions: [elsewhere] }, { matchExpressions: [here] }));
  t.notOk(affinity({ matchExpressions: [elsewhere, here] }));
  t.notOk(affinity({}));
  t.notOk(affinity());
  t.end();
});

void t.test('nodeAffinity: a field is the name of the node, or none', (t) => {
  const byName = (name: string) => ({ key: 'metadata.name', operator: 'In', values: [name] });
  t.ok(affinity({ matchFields: [byName('node-1')] }));
  t.notOk(affinity({ matchFields: [byName('node-2')] }));
  t.notOk(affinity({ matchFields: [{ key: 'zone', operator: 'In', values: ['a'] }] }));
  t.notOk(
    affinity({
      matchFields: [byName('node-1')],
      matchExpressions: [{ key: 'zone', operator: 'In', values: ['b'] }],
    }),
  );
  t.end();
});
