import t from 'tap';
import {
  applyJsonPatch,
  compileMutations,
  evaluateMutation,
  mergeUntracked,
  modelShape,
} from '../../../src/api/index.js';
import type { KubernetesObject, V1Mutation } from '../../../src/api/index.js';
import { deployment } from '../../apiserver/manifests.js';

const KIND = { group: 'apps', version: 'v1', kind: 'Deployment' };
const RESOURCE = { group: 'apps', version: 'v1', resource: 'deployments' };

const apply = (expression: string): V1Mutation => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});
const patch = (expression: string): V1Mutation => ({
  patchType: 'JSONPatch',
  jsonPatch: { expression },
});

/** A Deployment after a mutation, or what went wrong. */
function mutated(
  object: KubernetesObject,
  mutation: V1Mutation,
  variables: { name: string; expression: string }[] = [],
): unknown {
  const policy = compileMutations({ variables, mutations: [mutation] });
  const [compiled] = policy.mutations;
  if (compiled === undefined) throw new Error('a mutation');
  const request = {
    uid: '',
    kind: KIND,
    resource: RESOURCE,
    requestKind: KIND,
    requestResource: RESOURCE,
    operation: 'CREATE',
    userInfo: { username: 'jane' },
    object,
    oldObject: null,
    dryRun: false,
    options: null,
  };
  const wanted = evaluateMutation(policy, compiled, {
    request,
    object,
    oldObject: undefined,
    decide: () => ({ allowed: true, reason: '', error: '' }),
  });
  if (!wanted.ok) return wanted.error;
  if (wanted.value.type === 'operations') {
    const applied = applyJsonPatch(object, wanted.value.operations);
    return applied.ok ? applied.value : applied.error.message;
  }
  const merged = mergeUntracked(object, wanted.value.config, modelShape('V1Deployment'));
  return merged.ok ? merged.value : merged.error;
}

const web = deployment('web', 1);

void t.test('an apply configuration is merged as server-side apply merges', (t) => {
  const template = (containers: string): V1Mutation =>
    apply(
      `Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{${containers}}}}}`,
    );
  t.match(mutated(web, apply('Object{spec: Object.spec{replicas: object.spec.replicas + 100}}')), {
    spec: { replicas: 101, selector: {}, template: {} },
  });
  const labels = apply('Object{metadata: Object.metadata{labels: {"a": "b"}}}');
  const before = { ...web, metadata: { name: 'web', labels: { c: 'd' } } };
  t.match(mutated(before, labels), { metadata: { name: 'web', labels: { a: 'b', c: 'd' } } });
  t.strictSame(before.metadata.labels, { c: 'd' }, 'the object itself is not changed');
  const containers = template(
    'containers: [Object.spec.template.spec.containers{name: "side", image: "side:1"},' +
      ' Object.spec.template.spec.containers{name: "main", stdin: true}]',
  );
  t.match(mutated(web, containers), {
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'side', image: 'side:1' },
            { name: 'main', image: 'nginx:1', stdin: true },
          ],
        },
      },
    },
  });
  const made = 'variables.names.map(n, Object.spec.template.spec.volumes{name: n})';
  t.match(mutated(web, template(`volumes: ${made}`), [{ name: 'names', expression: '["x"]' }]), {
    spec: { template: { spec: { volumes: [{ name: 'x' }] } } },
  });
  t.end();
});

void t.test(
  'an apply configuration that cannot be merged is told in the words of Kubernetes',
  (t) => {
    const typed = 'failed to convert patch object to typed object';
    const atomic = 'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs';
    const cases: [string, string | RegExp][] = [
      [
        'Object{spec: Object.specx{replicas: 1}}',
        'type mismatch: unexpected type name "Object.specx", expected "Object.spec", which matches field name path from root Object type',
      ],
      [
        'Object{spec: Object.spec{l: [Object.spec.x{}], m: {"k": Object.spec.y{}}}}',
        /"Object\.spec\.l".*\n.*"Object\.spec\.m"/,
      ],
      [
        'Object{spec: Object.spec{replicasx: 1}}',
        `${typed}: .spec.replicasx: field not declared in schema`,
      ],
      [
        'Object{spec: Object.spec{replicas: "1"}}',
        `${typed}: .spec.replicas: expected numeric (int or float), got string`,
      ],
      [
        'Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"l": "v"}}}}',
        `${atomic}: .spec.selector`,
      ],
      [
        'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "main", args: ["-g"]}]}}}}',
        `${atomic}: .spec.template.spec.containers[0].args`,
      ],
      [
        'Object{metadata: Object.metadata{labels: {1: "a"}}}',
        'invalid return type: *dynamic.ObjectVal',
      ],
      ['"I\'m a teapot!"', 'must evaluate to Object but got string'],
      ['Object.spec.metadata{}', 'must evaluate to Object but got Object.spec.metadata'],
      [
        'Object{spec: object.none}',
        "expression 'Object{spec: object.none}' resulted in error: no such key: none",
      ],
    ];
    for (const [expression, wanted] of cases) {
      const found = mutated(web, apply(expression));
      if (wanted instanceof RegExp) t.match(found, wanted, expression);
      else t.equal(found, wanted, expression);
    }
    t.end();
  },
);

void t.test('the operations of a JSON patch are carried out in their order', (t) => {
  t.match(
    mutated(
      web,
      patch(`[
        JSONPatch{op: "test", path: "/spec/replicas", value: 1},
        JSONPatch{op: "replace", path: "/spec/replicas", value: variables.desired + 1},
        JSONPatch{op: "add", path: "/metadata/labels", value: {"a/b": "1"}},
        JSONPatch{op: "copy", from: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), path: "/metadata/labels/c"},
        JSONPatch{op: "move", from: "/metadata/labels/c", path: "/metadata/labels/d"},
        JSONPatch{op: "add", path: "/spec/template/spec/containers/-", value: Object.spec.template.spec.containers{
          name: "x", ports: [Object.spec.template.spec.containers.ports{containerPort: 8080}]}},
        JSONPatch{op: "remove", path: "/spec/template/spec/containers/0"}
      ]`),
      [{ name: 'desired', expression: '10' }],
    ),
    {
      metadata: { labels: { 'a/b': '1', c: undefined, d: '1' } },
      spec: {
        replicas: 11,
        template: { spec: { containers: [{ name: 'x', ports: [{ containerPort: 8080 }] }] } },
      },
    },
  );
  const add = 'JSONPatch{op: "add", path: "/a", value: 1}';
  for (const expression of [
    `object.spec.replicas > 0 ? [${add}] : []`,
    `object.spec.replicas > 1 ? [] : [${add}]`,
    `[] + [${add}]`,
    `[1].map(n, JSONPatch{op: "add", path: "/a", value: n})`,
    `[?optional.of(${add}), ?optional.none()]`,
  ])
    t.match(mutated(web, patch(expression)), { a: 1 }, expression);
  const wrong: [string, string | RegExp][] = [
    ['[]', 'must evaluate to list(JSONPatch) but got list(dyn)'],
    ['[JSONPatch{op: "oops", path: "/a"}]', 'Unexpected kind: oops'],
    [
      '[JSONPatch{op: "add", path: "/a", value: Object.a{b: Object.a.c{}}}]',
      'type mismatch: unexpected type name "Object.a.c", expected "Object.a.b", which matches field name path from root Object type',
    ],
    [
      '[JSONPatch{op: "add", path: "/a", value: {1: 2}}]',
      "JSONPath valueExpression evaluated to a type that could not marshal to JSON: unsupported type conversion from 'int' to string",
    ],
    [
      '[JSONPatch{op: "add", path: "/a", value: lists.range(100).all(a, lists.range(100).all(b, lists.range(100).all(c, true)))}]',
      /operation cancelled: actual cost limit exceeded$/,
    ],
    [
      '[JSONPatch{op: "remove", path: "/x"}]',
      "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value",
    ],
  ];
  for (const [expression, wanted] of wrong) {
    const found = mutated(web, patch(expression));
    if (wanted instanceof RegExp) t.match(found, wanted, expression);
    else t.equal(found, wanted, expression);
  }
  const may = "authorizer.path('/a').check('get').allowed()";
  const dear = Array.from({ length: 15 }, (_none, index) => {
    const name = `v${String(index)}`;
    return { name, expression: `${may} && ${may}` };
  });
  const all = dear.map(({ name }) => `variables.${name}`).join(' && ');
  t.equal(
    mutated(web, patch(`[JSONPatch{op: "add", path: "/a", value: ${all}}]`), dear),
    'validation failed due to running out of cost budget, no further validation rules will be run',
  );
  t.end();
});

void t.test('a patch is bounded, however often a part is in it', (t) => {
  const doubled = Array.from({ length: 40 }, (_none, index) => {
    const before = `variables.v${String(index - 1)}`;
    const expression = index === 0 ? "['0123456789']" : `[${before}, ${before}]`;
    return { name: `v${String(index)}`, expression };
  });
  const large = 'a patch must not have more than 3145728 bytes';
  const operation = '[JSONPatch{op: "add", path: "/a", value: variables.v39}]';
  t.equal(mutated(web, patch(operation), doubled), large);
  t.equal(mutated(web, apply('Object{a: variables.v39}'), doubled), large);
  t.end();
});
