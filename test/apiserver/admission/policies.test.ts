import t from 'tap';
import { createApiWorld } from '../api-world.js';
import type { Answer, RequestOptions } from '../api-world.js';
import { configMap, pod } from '../manifests.js';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ADMISSION}/validatingadmissionpolicies`;
const BINDINGS = `${ADMISSION}/validatingadmissionpolicybindings`;
const DENY = { validationActions: ['Deny'] };

const world = createApiWorld();
const started = world.start();
let namespaces = 0;

/** A namespace of its own, with a policy about its ConfigMaps. */
async function governed(spec: object, ...bindings: object[]) {
  await started;
  const namespace = `ns-${String(++namespaces)}`;
  const labels = { of: namespace };
  await created('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  const maps = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['*'],
    resources: ['configmaps'],
  };
  const namespaceSelector = { matchLabels: labels };
  const { matchConstraints = {}, ...rest } = spec as { matchConstraints?: object };
  await created(POLICIES, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      matchConstraints: { resourceRules: [maps], namespaceSelector, ...matchConstraints },
      ...rest,
    },
  });
  for (const [index, binding] of (bindings.length === 0 ? [DENY] : bindings).entries())
    await created(BINDINGS, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${namespace}-${String(index)}` },
      spec: { policyName: namespace, ...binding },
    });
  await world.advance(100);
  const maps_ = `/api/v1/namespaces/${namespace}/configmaps`;
  return {
    namespace,
    url: maps_,
    write: async (name: string, data: Record<string, string> = {}, options: RequestOptions = {}) =>
      await world.http('POST', maps_, configMap(name, data), options),
  };
}

async function created(url: string, object: object): Promise<void> {
  const answer = await world.http('POST', url, object);
  if (answer.status !== 201) throw new Error(answer.text);
}

const messageOf = ({ body }: Answer): unknown => body['message'];
const denied = (namespace: string, message: string, binding = 0): string =>
  `ValidatingAdmissionPolicy '${namespace}' with binding '${namespace}-${String(binding)}' denied request: ${message}`;

void t.test('a denial is told in the words of Kubernetes, by its reason', async (t) => {
  const { namespace, write } = await governed({
    validations: [
      { expression: "object.data.k != 'plain'" },
      { expression: "object.data.k != 'written'", message: ' written ', reason: 'Forbidden' },
      {
        expression: "object.data.k != 'made'",
        message: 'not made',
        messageExpression: "'made for ' + request.userInfo.username + ' in ' + request.namespace",
        reason: 'Unauthorized',
      },
      {
        expression: "object.data.k != 'lines'",
        message: 'in one line',
        messageExpression: String.raw`'in\ntwo'`,
        reason: 'RequestEntityTooLarge',
      },
    ],
  });
  const says = async (k: string, code: number, reason: string, message: string) => {
    const { status, body } = await write('x', { k });
    const text = denied(namespace, message);
    t.equal(status, code);
    t.match(body, {
      reason,
      message: `configmaps "x" is forbidden: ${text}`,
      details: { name: 'x', kind: 'configmaps', causes: [{ message: text }] },
    });
  };
  await says('plain', 422, 'Invalid', "failed expression: object.data.k != 'plain'");
  await says('written', 403, 'Forbidden', 'written');
  await says('made', 401, 'Unauthorized', `made for kubernetes-admin in ${namespace}`);
  await says('lines', 413, 'RequestEntityTooLarge', 'in one line');
  t.equal((await write('x', { k: 'good' })).status, 201);
});

void t.test('what is not to be denied is warned of, or noted', async (t) => {
  const spec = { validations: [{ expression: '!has(object.data)', message: 'has data' }] };
  const warned = await governed(spec, { validationActions: ['Warn', 'Audit'] });
  const { status, headers } = await warned.write('x', { a: 'b' });
  t.equal(status, 201);
  t.equal(
    headers['warning'],
    `299 - "Validation failed for ValidatingAdmissionPolicy '${warned.namespace}' with binding '${warned.namespace}-0': has data"`,
  );
  const { text } = await world.http('GET', '/metrics');
  const labels = `policy="${warned.namespace}",policy_binding="${warned.namespace}-0",error_type="no_error"`;
  const name = 'apiserver_validating_admission_policy_check_total';
  for (const action of ['warn', 'audit'])
    t.match(text, `${name}{${labels},enforcement_action="${action}"} 1`);
});

void t.test('what cannot be evaluated is decided by the failurePolicy', async (t) => {
  const spec = { validations: [{ expression: "object.data.none == '1'" }] };
  const fails = await governed(spec);
  t.match(
    messageOf(await fails.write('x', { a: 'b' })),
    denied(
      fails.namespace,
      "expression 'object.data.none == '1'' resulted in error: no such key: none",
    ),
  );
  const ignores = await governed({ ...spec, failurePolicy: 'Ignore' });
  t.equal((await ignores.write('x', { a: 'b' })).status, 201);
  t.equal((await ignores.write('y', { none: '0' })).status, 422, 'what is false still counts');
});

void t.test('conditions, old objects, exclusions, names', async (t) => {
  const { write, url } = await governed({
    matchConstraints: {
      excludeResourceRules: [
        {
          apiGroups: ['*'],
          apiVersions: ['*'],
          operations: ['*'],
          resources: ['*'],
          resourceNames: ['excluded'],
        },
      ],
    },
    matchConditions: [{ name: 'ours', expression: "request.name != 'skipped'" }],
    validations: [
      { expression: "request.operation != 'CREATE' || object.data.k == 'good'" },
      { expression: "request.operation != 'UPDATE' || object.data == oldObject.data" },
      { expression: "request.operation != 'DELETE' || oldObject.data.k != 'good'" },
    ],
  });
  for (const [name, k, status] of [
    ['a', 'bad', 422],
    ['skipped', 'bad', 201],
    ['excluded', 'bad', 201],
    ['a', 'good', 201],
  ] as const)
    t.equal((await write(name, { k })).status, status, name);
  const merge = { type: 'application/merge-patch+json' };
  t.equal((await world.http('PATCH', `${url}/a`, { data: { k: 'x' } }, merge)).status, 422);
  t.equal((await world.http('DELETE', `${url}/a`)).status, 422);
});

void t.test('variables are made once, in any order, and cost what they cost', async (t) => {
  const many = 'lists.range(30).filter(x, x > 5).size()';
  const { write } = await governed({
    variables: [
      { name: 'bad', expression: 'object.data.none' },
      { name: 'count', expression: many },
      { name: 'twice', expression: 'variables.count * 2' },
    ],
    validations: [
      { expression: 'variables.twice == variables.count + variables.count' },
      { expression: "object.data.k == 'good' || variables.bad == ''" },
    ],
  });
  t.equal((await write('x', { k: 'good' })).status, 201);
  t.match(
    messageOf(await write('y', { k: 'bad' })),
    /resulted in error: composited variable "bad" fails to evaluate: no such key: none$/,
  );
  // An authorization is the dearest call: a third one in an expression is too much, and so are thirty in all.
  const may = (path: string): string => `authorizer.path('${path}').check('get').allowed()`;
  const three = [may('/a'), may('/b'), may('/c')].join(' && ');
  const expensive = await governed({ validations: [{ expression: three }] });
  t.match(
    messageOf(await expensive.write('x')),
    /resulted in error: operation cancelled: actual cost limit exceeded$/,
  );
  const two = { expression: [may('/a'), may('/b')].join(' && ') };
  const spent = await governed({ validations: Array.from({ length: 15 }, () => two) });
  t.match(
    messageOf(await spent.write('x')),
    /denied request: validation failed due to running out of cost budget/,
  );
});

void t.test('parameters are found by name or by labels, there or not', async (t) => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const spec = {
    paramKind,
    matchConditions: [{ name: 'ours', expression: "request.name.startsWith('x')" }],
    validations: [
      {
        expression: 'params == null || int(object.data.n) <= int(params.data.max)',
        messageExpression: "'at most ' + params.data.max",
      },
    ],
  };
  const ref = (more: object) => ({ paramRef: { parameterNotFoundAction: 'Deny', ...more } });
  const byName = await governed(spec, { ...DENY, ...ref({ name: 'limits' }) });
  const missing = `failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`;
  t.match(messageOf(await byName.write('x', { n: '3' })), denied(byName.namespace, missing));
  t.equal((await byName.write('limits', { max: '2' })).status, 422);
  const limits = { max: '2' };
  await created('/api/v1/namespaces/default/configmaps', configMap('limits', limits));
  await created(
    '/api/v1/namespaces/default/configmaps',
    configMap('tighter', { max: '1' }, { labels: { limits: 'yes' } }),
  );
  await created(
    '/api/v1/namespaces/default/configmaps',
    configMap('looser', { max: '9' }, { labels: { limits: 'yes' } }),
  );
  const elsewhere = await governed(
    spec,
    { ...DENY, ...ref({ name: 'limits', namespace: 'default' }) },
    { ...DENY, ...ref({ selector: { matchLabels: { limits: 'yes' } }, namespace: 'default' }) },
    { ...DENY, ...ref({ name: 'none', parameterNotFoundAction: 'Allow' }) },
    DENY,
  );
  t.match(
    messageOf(await elsewhere.write('x', { n: '3' })),
    denied(elsewhere.namespace, 'at most 2'),
  );
  t.match(
    messageOf(await elsewhere.write('x', { n: '2' })),
    denied(elsewhere.namespace, 'at most 1', 1),
  );
  t.equal((await elsewhere.write('x', { n: '1' })).status, 201);
  const unknown = await governed({ ...spec, paramKind: { apiVersion: 'a.io/v1', kind: 'Limit' } });
  t.match(
    messageOf(await unknown.write('x')),
    `ValidatingAdmissionPolicy '${unknown.namespace}' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'a.io/v1, Kind=Limit'`,
  );
});

void t.test('an authorizer answers for the user, and for service accounts', async (t) => {
  const { namespace, write } = await governed({
    validations: [
      {
        expression:
          "authorizer.group('').resource('configmaps').namespace(request.namespace).check('delete').allowed()",
        message: 'may not delete',
      },
      {
        expression: "authorizer.requestResource.check('create').allowed()",
        message: 'may not create',
      },
      {
        expression:
          "!authorizer.serviceAccount('default', 'nobody').path('/metrics').check('get').allowed()",
        message: 'anybody reads metrics',
      },
      {
        expression: "authorizer.path('').check('get').allowed() || object.metadata.name == 'x'",
        message: 'an empty path',
      },
    ],
  });
  t.equal((await write('x')).status, 201);
  t.match(messageOf(await write('y')), /resulted in error: path must not be empty$/);
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces';
  const apiGroup = 'rbac.authorization.k8s.io';
  const meta = { name: 'maker' };
  await created(`${rbac}/${namespace}/roles`, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'Role',
    metadata: meta,
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }],
  });
  await created(`${rbac}/${namespace}/rolebindings`, {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: meta,
    roleRef: { apiGroup, kind: 'Role', name: 'maker' },
    subjects: [{ apiGroup, kind: 'User', name: 'jane' }],
  });
  await world.advance(100);
  const client = { commonName: 'jane', organizations: [] };
  t.match(messageOf(await write('z', {}, { client })), denied(namespace, 'may not delete'));
});

void t.test('subresources and connections are asked about, questions are not', async (t) => {
  const rule = (resources: string[]) => ({
    resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources }],
  });
  const { namespace } = await governed({
    matchConstraints: rule(['*/*']),
    validations: [
      {
        expression: '!has(request.subResource)',
        messageExpression: "request.subResource + ' of ' + request.name + ' by ' + object.kind",
      },
    ],
  });
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  await created(pods, pod('a'));
  t.match(
    messageOf(await world.http('POST', `${pods}/a/exec?command=a`)),
    denied(namespace, 'exec of a by PodExecOptions'),
  );
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'a' },
    target: { name: 'n' },
  };
  t.match(
    messageOf(await world.http('POST', `${pods}/a/binding`, binding)),
    denied(namespace, 'binding of a by Binding'),
  );
  const all = await governed({
    matchConstraints: { ...rule(['*']), namespaceSelector: {} },
    validations: [{ expression: "request.operation == 'DELETE'" }],
  });
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const asked = await world.http(
    'POST',
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    review,
  );
  t.equal(asked.status, 201);
  t.equal((await all.write('x')).status, 422);
  t.equal((await world.http('DELETE', `${POLICIES}/${all.namespace}`)).status, 200);
  await world.advance(100);
  t.equal((await all.write('x')).status, 201, 'a binding without its policy says nothing');
});

void t.test('what is wrong with a policy is refused in the words of Kubernetes', async (t) => {
  await started;
  const refused = async (url: string, spec: object) => {
    const kind =
      url === POLICIES ? 'ValidatingAdmissionPolicy' : 'ValidatingAdmissionPolicyBinding';
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const { status, body } = await world.http('POST', url, {
      apiVersion,
      kind,
      metadata: { name: 'wrong' },
      spec,
    });
    t.equal(status, 422);
    const { causes = [] } = body['details'] as { causes?: { field: string; message: string }[] };
    return causes.map(({ field, message }) => `${field}: ${message}`);
  };
  t.same(await refused(POLICIES, {}), [
    'spec.matchConstraints: Required value',
    'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
    'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
  ]);
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
  const compiled = 'Invalid value: "params.x": compilation failed: ERROR: <input>:1:1:';
  const undeclared = "undeclared reference to 'params' (in container '')";
  const place = '\n | params.x\n | ^';
  const at = (field: string) => `${field}: ${compiled} ${undeclared}${place}`;
  t.same(
    await refused(POLICIES, {
      matchConstraints: { resourceRules: [rule] },
      variables: [
        { name: 'v', expression: 'params.x' },
        { name: 'in', expression: '1' },
        { name: 'w', expression: 'variables.later' },
      ],
      validations: [
        { expression: '1 + 1', reason: 'Other', message: 'a\nb' },
        { expression: 'object.x', messageExpression: "authorizer.path('a')" },
      ],
      auditAnnotations: [{ key: 'k', valueExpression: '1' }],
    }),
    [
      at('spec.variables[0].expression'),
      'spec.variables[1].name: Invalid value: "in": name is not a valid CEL identifier',
      `spec.variables[2].expression: Invalid value: "variables.later": compilation failed: ERROR: <input>:1:10: undefined field 'later'\n | variables.later\n | .........^`,
      'spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool but got int',
      String.raw`spec.validations[0].message: Invalid value: "a\nb": message must not contain line breaks`,
      'spec.validations[0].reason: Unsupported value: "Other": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
      'spec.validations[1].expression: Invalid value: "object.x": must evaluate to bool but got dyn',
      `spec.validations[1].messageExpression: Invalid value: "authorizer.path('a')": compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | authorizer.path('a')\n | ^`,
      'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type] but got int',
    ],
  );
  t.same(
    await refused(BINDINGS, {
      policyName: 'p',
      validationActions: ['Deny', 'Warn'],
      paramRef: { name: 'a', selector: {} },
    }),
    [
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Required value',
      'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  );
  t.same(world.crashes, []);
});

void t.test(
  'what does not fit the kinds that a policy is about is told in its status',
  async (t) => {
    await started;
    await created('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'jobs.a.io' },
      spec: {
        group: 'a.io',
        scope: 'Namespaced',
        names: { plural: 'jobs', kind: 'Job' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', properties: { count: { type: 'integer' } } },
                },
              },
            },
          },
        ],
      },
    });
    await world.advance(500);
    const rule = (group: string, resource: string) => ({
      apiGroups: [group],
      apiVersions: ['v1'],
      operations: ['CREATE'],
      resources: [resource],
    });
    const statusOf = async (name: string, rules: object[], validations: object[]) => {
      const { body } = await world.http('POST', POLICIES, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: { matchConstraints: { resourceRules: rules }, validations },
      });
      return body['status'];
    };
    const right = "object.metadata.namespace == 'a' && object.spec.replicas > 1";
    t.same(await statusOf('right', [rule('apps', 'deployments')], [{ expression: right }]), {
      observedGeneration: 1,
      typeChecking: {},
    });
    const wrong = {
      expression: "object.spec.replicas > '1'",
      messageExpression: "'got ' + object.spec.replicas",
    };
    const overload = (place: string, name: string, types: string) =>
      `apps/v1, Kind=Deployment: ERROR: <input>:1:${place}: found no matching overload for '${name}' applied to '(${types})'`;
    t.match(await statusOf('wrong', [rule('apps', 'deployments')], [wrong]), {
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning: `${overload('22', '_>_', 'int, string')}\n | ${wrong.expression}\n | .....................^\n`,
          },
          {
            fieldRef: 'spec.validations[0].messageExpression',
            warning: overload('8', '_+_', 'string, int'),
          },
        ],
      },
    });
    const rules = [rule('a.io', 'jobs'), rule('batch', 'jobs')];
    const mixed = [{ expression: 'object.spec.count > 1' }];
    t.match(await statusOf('mixed', rules, mixed), {
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning: /^batch\/v1, Kind=Job: ERROR: <input>:1:12: undefined field 'count'/,
          },
        ],
      },
    });
    const change = { spec: { matchConstraints: { resourceRules: [rule('a.io', 'jobs')] } } };
    const merge = { type: 'application/merge-patch+json' };
    t.match((await world.http('PATCH', `${POLICIES}/mixed`, change, merge)).body, {
      metadata: { generation: 2 },
      status: { observedGeneration: 2, typeChecking: { expressionWarnings: undefined } },
    });
  },
);

void t.test('who may not read parameters may not let a policy tell of them', async (t) => {
  await started;
  const client = { commonName: 'joe', organizations: [] };
  await created('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'policies' },
    rules: [
      { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    ],
  });
  await created('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'policies' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'policies' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'joe' }],
  });
  await world.advance(100);
  const rule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['nothing'] };
  const policy = async (name: string, kind: string) =>
    await world.http(
      'POST',
      POLICIES,
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          paramKind: { apiVersion: 'v1', kind },
          matchConstraints: { resourceRules: [rule] },
          validations: [{ expression: 'true' }],
        },
      },
      { client },
    );
  const binding = async (ref: object, policyName = 'of-maps') =>
    await world.http(
      'POST',
      BINDINGS,
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { generateName: 'of-maps-' },
        spec: { policyName, ...DENY, paramRef: { parameterNotFoundAction: 'Deny', ...ref } },
      },
      { client },
    );
  const joe = '&{joe  [system:authenticated] map[]}';
  t.match(await policy('of-secrets', 'Secret'), {
    status: 422,
    body: {
      message: `ValidatingAdmissionPolicy.admissionregistration.k8s.io "of-secrets" is invalid: spec.paramKind: Forbidden: user ${joe} must have "get" permission on all objects of the referenced paramKind (kind=Secret, apiVersion=v1)`,
    },
  });
  t.equal((await policy('of-maps', 'ConfigMap')).status, 201);
  await world.advance(100);
  t.equal((await binding({ name: 'a' })).status, 201);
  t.match(
    messageOf(await binding({ selector: {} })),
    `spec.paramRef: Forbidden: user ${joe} does not have "list" permission on the object referenced by paramRef`,
  );
  t.match(
    messageOf(await binding({ name: 'a' }, 'none')),
    /unable to get policy none to determine/,
  );
});

void t.test('a new life of the API server asks from its first write on', async (t) => {
  const { write, namespace } = await governed({ validations: [{ expression: 'false' }] });
  await world.restart();
  t.match(messageOf(await write('x')), denied(namespace, 'failed expression: false'));
  t.equal((await world.http('DELETE', `${BINDINGS}/${namespace}-0`)).status, 200);
  await world.advance(100);
  t.equal((await write('x')).status, 201, 'a policy that nothing binds says nothing');
  t.same(world.crashes, []);
});
