import t from 'tap';
import { configMap, deployment } from '../manifests.js';
import {
  BINDINGS,
  MERGE,
  annotate,
  annotationsOf,
  count,
  created,
  denied,
  governed,
  messageOf,
  patch,
  started,
} from './mutating-world.js';

void t.test('policies change what is written, each what those before it made', async (t) => {
  const { world } = await started;
  const { inside, namespace, write } = await governed(
    {
      spec: {
        variables: [
          { name: 'one', expression: '"foo1" + "Value"' },
          { name: 'two', expression: 'variables.one.replace("1", "2")' },
          { name: 'seen', expression: 'string(size(object.metadata.annotations))' },
        ],
        mutations: [
          annotate('"foo1": variables.one, "seen1": variables.seen'),
          patch(
            'JSONPatch{op: "test", path: "/metadata/annotations/foo1", value: variables.one}',
            'JSONPatch{op: "add", path: "/metadata/annotations/foo2", value: variables.two}',
            'JSONPatch{op: "add", path: "/metadata/annotations/seen2", value: variables.seen}',
          ),
          patch(
            'JSONPatch{op: "remove", path: "/metadata/annotations/foo1"}',
            'JSONPatch{op: "test", path: "/metadata/name", value: "other"}',
          ),
        ],
      },
    },
    {
      spec: {
        matchConditions: [{ name: 'after', expression: 'has(object.metadata.annotations.foo2)' }],
        mutations: [
          annotate('"by": request.userInfo.username, "team": namespaceObject.metadata.labels.team'),
        ],
      },
    },
    {
      spec: {
        matchConditions: [{ name: 'never', expression: 'has(object.metadata.annotations.none)' }],
        mutations: [annotate('"never": "x"')],
      },
    },
    { spec: { mutations: [annotate('"unbound": "x"')] }, bindings: [] },
  );
  const answer = await write('x', { old: 'y' }, { k: 'v' });
  t.equal(answer.status, 201);
  t.strictSame(annotationsOf(answer), {
    old: 'y',
    foo1: 'foo1Value',
    foo2: 'foo2Value',
    seen1: '1',
    seen2: '3',
    by: 'kubernetes-admin',
    team: 'red',
  });
  t.strictSame(answer.body['data'], { k: 'v' });
  const found = await world.http('GET', `${inside}/configmaps/x`);
  t.strictSame(annotationsOf(found), annotationsOf(answer), 'and so it is stored');
  const updated = await world.http('PATCH', `${inside}/configmaps/x`, { data: { k: 'w' } }, MERGE);
  t.match(updated.body, { data: { k: 'w' }, metadata: { annotations: { seen1: '7' } } });
  const { text } = await world.http('GET', '/metrics');
  const labels = `policy="${namespace}-p1",policy_binding="${namespace}-p1-b0",error_type="no_error"`;
  t.match(text, `apiserver_mutating_admission_policy_check_total{${labels}} 2`);
  t.equal((await world.http('DELETE', `${inside}/configmaps/x`)).status, 200);
});

void t.test('a Deployment is merged as its type says, defaulted and validated', async (t) => {
  const { world } = await started;
  const { namespace } = await governed({
    spec: {
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression: `Object{
              metadata: Object.metadata{annotations: {"mutated-by": "admission-policy"}},
              spec: Object.spec{
                ?replicas: object.spec.replicas > 5 ? optional.of(5) : optional.none(),
                template: Object.spec.template{spec: Object.spec.template.spec{containers: [
                  Object.spec.template.spec.containers{name: "side", image: "side:1"}]}}}}`,
          },
        },
      ],
    },
  });
  const url = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const made = await world.http('POST', url, deployment('web', 9));
  t.match(made, {
    status: 201,
    body: {
      metadata: { annotations: { 'mutated-by': 'admission-policy' } },
      spec: {
        replicas: 5,
        template: {
          spec: {
            containers: [
              { name: 'main' },
              {
                name: 'side',
                imagePullPolicy: 'IfNotPresent',
                terminationMessagePath: '/dev/termination-log',
              },
            ],
          },
        },
      },
    },
  });
  const bad = await governed({
    spec: { mutations: [patch('JSONPatch{op: "replace", path: "/spec/replicas", value: -1}')] },
  });
  const refused = await world.http(
    'POST',
    `/apis/apps/v1/namespaces/${bad.namespace}/deployments`,
    deployment('web'),
  );
  t.match(
    messageOf(refused),
    /spec\.replicas: Invalid value: -1/,
    'what comes of it has to be valid',
  );
});

void t.test('what cannot be carried out is decided by the failurePolicy', async (t) => {
  const { world } = await started;
  const wrong = {
    patchType: 'ApplyConfiguration',
    applyConfiguration: { expression: 'Object{data: Object.data{k: 1}}' },
  };
  const mutations = [wrong, annotate('"a": object.none'), annotate('"b": "c"')];
  const fails = await governed({ spec: { mutations } });
  const first =
    'error applying patch: failed to convert patch object to typed object: .data.k: expected string, got &value.valueUnstructured{Value:1}';
  const second = `expression '${String(mutations[1]?.applyConfiguration.expression)}' resulted in error: no such key: none`;
  const { status, body } = await fails.write('x');
  t.equal(status, 403);
  t.match(body, {
    reason: 'Invalid',
    message: denied(fails.namespace, first),
    details: {
      name: 'x',
      kind: 'configmaps',
      causes: [
        { message: denied(fails.namespace, first) },
        { message: denied(fails.namespace, second) },
      ],
    },
  });
  const ignores = await governed({ spec: { failurePolicy: 'Ignore', mutations } });
  t.match(await ignores.write('x'), {
    status: 201,
    body: { metadata: { annotations: { b: 'c' } } },
  });
  const { text } = await world.http('GET', '/metrics');
  const labels = `policy="${ignores.namespace}-p0",policy_binding="${ignores.namespace}-p0-b0"`;
  for (const [type, times] of [
    ['invalid_error', 2],
    ['no_error', 1],
  ] as const)
    t.match(text, `check_total{${labels},error_type="${type}"} ${String(times)}`);
  // What an object cannot be read from is no failure of a policy.
  const unknown = patch('JSONPatch{op: "add", path: "/dataz", value: {"k": "v"}}');
  const strict = await governed({ spec: { failurePolicy: 'Ignore', mutations: [unknown] } });
  t.match(await strict.write('x'), {
    status: 500,
    body: { message: 'Internal error occurred: strict decoding error: unknown field "dataz"' },
  });
  const misplaced = await governed({
    spec: { mutations: [patch('JSONPatch{op: "add", path: "/none/a", value: 1}')] },
  });
  t.equal(
    messageOf(await misplaced.write('x')),
    denied(
      misplaced.namespace,
      'JSON Patch: add operation does not apply: doc is missing path: "/none/a": missing value',
    ),
  );
  const conditions = await governed({
    spec: {
      matchConditions: [{ name: 'bad', expression: 'object.none == 1' }],
      mutations: [count()],
    },
  });
  t.match(
    messageOf(await conditions.write('x')),
    denied(
      conditions.namespace,
      "expression 'object.none == 1' resulted in error: no such key: none",
    ),
  );
});

void t.test('parameters are found by name or by labels, there or not', async (t) => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const spec = {
    paramKind,
    matchConditions: [{ name: 'ours', expression: "request.name.startsWith('x')" }],
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: {
          expression: 'Object{metadata: Object.metadata{annotations: params.data}}',
        },
      },
    ],
  };
  const params = '/api/v1/namespaces/default/configmaps';
  const labels = { mutates: 'yes' };
  await created(params, configMap('param-1', { a: '1', b: '1' }, { labels }));
  await created(params, configMap('param-2', { b: '2', c: '2' }, { labels }));
  const ref = (more: object) => ({
    paramRef: { namespace: 'default', parameterNotFoundAction: 'Deny', ...more },
  });
  const selected = await governed({ spec, bindings: [ref({ selector: { matchLabels: labels } })] });
  t.strictSame(annotationsOf(await selected.write('x')), { a: '1', b: '2', c: '2' });
  const named = await governed({
    spec,
    bindings: [
      ref({ name: 'param-2' }),
      ref({ name: 'none', parameterNotFoundAction: 'Allow' }),
      ref({ name: 'param-1' }),
    ],
  });
  t.strictSame(annotationsOf(await named.write('x')), { a: '1', b: '1', c: '2' });
  const missing = await governed({ spec, bindings: [ref({ name: 'none' })] });
  const { status, body } = await missing.write('x');
  t.match(
    { status, body },
    {
      status: 403,
      body: {
        reason: 'Forbidden',
        message: denied(
          missing.namespace,
          'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
        ),
      },
    },
  );
  const unknown = await governed({
    spec: { ...spec, paramKind: { apiVersion: 'a.io/v1', kind: 'Limit' } },
  });
  t.equal(
    messageOf(await unknown.write('x')),
    `policy "${unknown.namespace}-p0" denied request: failed to configure policy: failed to find resource referenced by paramKind: 'a.io/v1, Kind=Limit'`,
  );
});

void t.test('a new life of the API server changes objects from its first write on', async (t) => {
  const { world } = await started;
  const { write, namespace } = await governed({ spec: { mutations: [annotate('"a": "b"')] } });
  await world.restart();
  t.strictSame(annotationsOf(await write('x')), { a: 'b' });
  t.equal((await world.http('DELETE', `${BINDINGS}/${namespace}-p0-b0`)).status, 200);
  await world.advance(100);
  t.equal(annotationsOf(await write('y')), undefined, 'a policy that nothing binds does nothing');
  t.same(world.crashes, []);
});
