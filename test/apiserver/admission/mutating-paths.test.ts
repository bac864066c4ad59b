import t from 'tap';
import { deployment, pod } from '../manifests.js';
import { ALLOWED, patched } from './hooked-world.js';
import {
  BINDINGS,
  MERGE,
  POLICIES,
  annotate,
  annotationsOf,
  count,
  created,
  denied,
  governed,
  messageOf,
  started,
} from './mutating-world.js';

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
