import t from 'tap';
import type { Answer } from '../api-world.js';
import { configMap, deployment, pod } from '../manifests.js';
import { ALLOWED, hookedWorld, patched } from './hooked-world.js';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ADMISSION}/mutatingadmissionpolicies`;
const BINDINGS = `${ADMISSION}/mutatingadmissionpolicybindings`;
const MERGE = { type: 'application/merge-patch+json' };

const started = hookedWorld();
let namespaces = 0;

const annotate = (entries: string) => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: {
    expression: `Object{metadata: Object.metadata{annotations: {${entries}}}}`,
  },
});
const patch = (...operations: string[]) => ({
  patchType: 'JSONPatch',
  jsonPatch: { expression: `[${operations.join(', ')}]` },
});
/** Counts how often it is carried out, in an annotation of the object. */
const count = (name = 'n') =>
  annotate(`"${name}": string(int(object.metadata.annotations["${name}"]) + 1)`);

interface PolicyOf {
  readonly spec: object;
  readonly bindings?: readonly object[];
}

/** A namespace of its own, with policies about what is in it. */
async function governed(...policies: PolicyOf[]) {
  const { world } = await started;
  const namespace = `ns-${String(++namespaces)}`;
  await created('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { of: namespace, team: 'red' } },
  });
  for (const [index, { spec, bindings = [{}] }] of policies.entries()) {
    const policyName = `${namespace}-p${String(index)}`;
    const { matchConstraints = {}, ...rest } = spec as { matchConstraints?: object };
    const rules = [
      { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['*'], resources: ['*'] },
    ];
    const namespaceSelector = { matchLabels: { of: namespace } };
    await created(POLICIES, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: policyName },
      spec: {
        reinvocationPolicy: 'Never',
        matchConstraints: { resourceRules: rules, namespaceSelector, ...matchConstraints },
        ...rest,
      },
    });
    for (const [at, binding] of bindings.entries())
      await created(BINDINGS, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: `${policyName}-b${String(at)}` },
        spec: { policyName, ...binding },
      });
  }
  await world.advance(100);
  const inside = `/api/v1/namespaces/${namespace}`;
  return {
    namespace,
    inside,
    write: async (name: string, annotations: Record<string, string> = {}, data = {}) =>
      await world.http('POST', `${inside}/configmaps`, configMap(name, data, { annotations })),
  };
}

async function created(url: string, object: object): Promise<void> {
  const { world } = await started;
  const answer = await world.http('POST', url, object);
  if (answer.status !== 201) throw new Error(answer.text);
}

const messageOf = ({ body }: Answer): unknown => body['message'];
const annotationsOf = ({ body }: Answer): unknown => body.metadata?.annotations;
const denied = (namespace: string, message: string, index = 0): string => {
  const policy = `${namespace}-p${String(index)}`;
  return `policy '${policy}' with binding '${policy}-b0' denied request: ${message}`;
};

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

void t.test('who wants to see later changes is asked once more, and others are not', async (t) => {
  const { add, asked } = await started;
  const ifNeeded = { reinvocationPolicy: 'IfNeeded' };
  const three = await governed(
    { spec: { ...ifNeeded, mutations: [count(), annotate('"first": "true"')] } },
    { spec: { ...ifNeeded, mutations: [count()] } },
    { spec: { mutations: [count()] } },
  );
  t.strictSame(annotationsOf(await three.write('x', { n: '0' })), { n: '5', first: 'true' });
  // A condition that does not hold at first is not looked at again.
  const late = await governed(
    {
      spec: {
        ...ifNeeded,
        matchConditions: [{ name: 'b', expression: '"b" in object.metadata.annotations' }],
        mutations: [count('a')],
      },
    },
    { spec: { mutations: [count('b')] } },
  );
  t.strictSame(annotationsOf(await late.write('x', { b: '0', a: '0' })), { a: '2', b: '1' });
  // Policies come before webhooks, and see what those change.
  const mixed = await governed(
    { spec: { ...ifNeeded, mutations: [count()] } },
    { spec: { mutations: [annotate('"once": string("hook" in object.metadata.annotations)')] } },
  );
  const namespaceSelector = { matchLabels: { of: mixed.namespace } };
  await add(
    'Mutating',
    'after-policies',
    () => patched({ op: 'add', path: '/metadata/annotations/hook', value: 'x' }),
    { namespaceSelector },
  );
  const { status, body } = await mixed.write('x', { n: '0' });
  t.equal(status, 201);
  t.strictSame(body.metadata?.annotations, { n: '2', once: 'false', hook: 'x' });
  t.match(asked('after-policies'), [
    { object: { metadata: { annotations: { n: '1', once: 'false' } } } },
  ]);
  // A webhook that wants to see the changes of policies is asked again for them, too.
  const again = await governed({ spec: { ...ifNeeded, mutations: [count()] } });
  const selector = { namespaceSelector: { matchLabels: { of: again.namespace } } };
  await add('Mutating', 'sees-all', () => ALLOWED, { ...selector, reinvocationPolicy: 'IfNeeded' });
  t.strictSame(annotationsOf(await again.write('x', { n: '0' })), { n: '2' });
  t.match(
    asked('sees-all').map(({ object }) => (object as { metadata: unknown }).metadata),
    [{ annotations: { n: '1' } }, { annotations: { n: '2' } }],
  );
});

void t.test('parts of objects and other versions are changed, questions are not', async (t) => {
  const { world } = await started;
  const rule = (resources: string[], apiGroups = ['*']) => ({
    resourceRules: [{ apiGroups, apiVersions: ['v1'], operations: ['*'], resources }],
  });
  const { namespace, inside } = await governed(
    {
      spec: {
        matchConstraints: rule(['pods/status']),
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression: `Object{status: Object.status{conditions: [
                Object.status.conditions{type: "Ready", message: "mutated"}]}}`,
            },
          },
        ],
      },
    },
    {
      spec: {
        matchConstraints: rule(['deployments/scale']),
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 4}}' },
          },
        ],
      },
    },
    {
      spec: {
        matchConstraints: rule(['pods/exec']),
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: { expression: 'Object{metadata: Object.metadata{}}' },
          },
        ],
      },
    },
  );
  await created(`${inside}/pods`, pod('a'));
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = await world.http(
    'PATCH',
    `${inside}/pods/a/status`,
    { status: { conditions } },
    MERGE,
  );
  t.match(status.body, {
    status: { conditions: [{ type: 'Ready', status: 'True', message: 'mutated' }] },
  });
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await created(deployments, deployment('web'));
  const scaled = await world.http(
    'PATCH',
    `${deployments}/web/scale`,
    { spec: { replicas: 2 } },
    MERGE,
  );
  t.match(scaled.body, { spec: { replicas: 4 } });
  t.match((await world.http('GET', `${deployments}/web`)).body, { spec: { replicas: 4 } });
  t.equal(
    messageOf(await world.http('POST', `${inside}/pods/a/exec?command=a`)),
    denied(
      namespace,
      'error applying patch: failed to convert patch object to typed object: no corresponding type for /v1, Kind=PodExecOptions',
      2,
    ),
  );
  const all = await governed({
    spec: {
      matchConstraints: { ...rule(['*/*']), namespaceSelector: {} },
      mutations: [annotate('"all": object.none')],
    },
  });
  const question = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const url = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  t.equal((await world.http('POST', url, question)).status, 201);
  t.equal((await all.write('x')).status, 403);
  t.equal((await world.http('DELETE', `${POLICIES}/${all.namespace}-p0`)).status, 200);
  await world.advance(100);
  t.equal((await all.write('x')).status, 201, 'a binding without its policy does nothing');
});

void t.test('custom resources are changed in the version that a policy names', async (t) => {
  const { world } = await started;
  const schema = (field: string) => ({
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            [field]: { type: 'string' },
            size: { type: 'integer', default: 1 },
            parts: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  });
  await created('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'pandas.bears.io' },
    spec: {
      group: 'bears.io',
      scope: 'Namespaced',
      names: { plural: 'pandas', kind: 'Panda' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: schema('name') },
        { name: 'v2', served: true, storage: false, schema: schema('name') },
      ],
    },
  });
  await world.advance(500);
  const { namespace } = await governed({
    spec: {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['bears.io'],
            apiVersions: ['v1'],
            operations: ['*'],
            resources: ['pandas'],
          },
        ],
      },
      matchConditions: [{ name: 'by-version', expression: 'request.resource.version == "v1"' }],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              'Object{metadata: Object.metadata{labels: {"mutated-panda": "true"}}, spec: Object.spec{name: object.spec.name + "!"}}',
          },
        },
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              'object.spec.name == "lists!" ? Object{spec: Object.spec{parts: ["a"]}} : Object{}',
          },
        },
      ],
    },
  });
  const write = async (version: string, name: string) =>
    await world.http('POST', `/apis/bears.io/${version}/namespaces/${namespace}/pandas`, {
      apiVersion: `bears.io/${version}`,
      kind: 'Panda',
      metadata: { name },
      spec: { name },
    });
  for (const version of ['v1', 'v2'])
    t.match(await write(version, `of-${version}`), {
      status: 201,
      body: {
        apiVersion: `bears.io/${version}`,
        metadata: { labels: { 'mutated-panda': 'true' } },
        spec: { name: `of-${version}!`, size: 1 },
      },
    });
  t.equal(
    messageOf(await write('v1', 'lists')),
    denied(
      namespace,
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.parts',
    ),
  );
});

void t.test('who may not read parameters may not let a policy tell of them', async (t) => {
  const { world } = await started;
  const client = { commonName: 'jim', organizations: [] };
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  await created(`${rbac}/clusterroles`, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'mutators' },
    rules: [{ apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['*'] }],
  });
  await created(`${rbac}/clusterrolebindings`, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'mutators' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'mutators' },
    subjects: [{ apiGroup, kind: 'User', name: 'jim' }],
  });
  await world.advance(100);
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'of-secrets' },
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'Secret' },
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['nothing'] },
        ],
      },
      mutations: [annotate('"a": params.data.k')],
    },
  };
  t.match(
    messageOf(await world.http('POST', POLICIES, policy, { client })),
    /^MutatingAdmissionPolicy.* is invalid: spec\.paramKind: Forbidden: user &\{jim /,
  );
  await created(POLICIES, policy);
  await world.advance(100);
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'of-secrets' },
    spec: { policyName: 'of-secrets', paramRef: { name: 'a', parameterNotFoundAction: 'Deny' } },
  };
  t.match(
    messageOf(await world.http('POST', BINDINGS, binding, { client })),
    /spec\.paramRef: Forbidden: user .* does not have "get" permission on the object referenced by paramRef$/,
  );
  t.equal((await world.http('DELETE', `${POLICIES}/of-secrets`)).status, 200);
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
