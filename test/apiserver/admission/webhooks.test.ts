import t from 'tap';
import type { Json } from '../api-world.js';
import { Reply } from '../fake-webhooks.js';
import { configMap, pod } from '../manifests.js';
import { ADMISSION, ALLOWED, hookedWorld, patched } from './hooked-world.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

void t.test('a review tells all that there is to know of a write', async (t) => {
  const { world, add, asked } = await hookedWorld();
  await add('Validating', 'all', () => ALLOWED);
  await world.http(
    'POST',
    `${MAPS}?fieldManager=me&fieldValidation=Strict`,
    configMap('a', { k: '1' }),
  );
  await world.http(
    'PATCH',
    `${MAPS}/a`,
    { data: { k: '2' } },
    { type: 'application/merge-patch+json' },
  );
  await world.http('DELETE', `${MAPS}/a?propagationPolicy=Background`);
  const [create, update, remove] = asked('all');
  const where = { group: '', version: 'v1', resource: 'configmaps' };
  t.match(create, {
    uid: /^[0-9a-f-]{36}$/,
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: where,
    requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
    requestResource: where,
    name: 'a',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    object: { kind: 'ConfigMap', metadata: { name: 'a', uid: /./ }, data: { k: '1' } },
    oldObject: null,
    dryRun: false,
    options: {
      kind: 'CreateOptions',
      apiVersion: 'meta.k8s.io/v1',
      fieldManager: 'me',
      fieldValidation: 'Strict',
    },
  });
  t.match(update, {
    operation: 'UPDATE',
    object: { data: { k: '2' } },
    oldObject: { data: { k: '1' } },
    options: { kind: 'UpdateOptions' },
  });
  t.match(remove, {
    operation: 'DELETE',
    object: null,
    oldObject: { data: { k: '2' } },
    options: { kind: 'DeleteOptions', propagationPolicy: 'Background' },
  });
});

void t.test('what a webhook says is told in the words of Kubernetes', async (t) => {
  const { world, webhooks, add } = await hookedWorld();
  const says = async (answer: object | Reply, kind: 'Mutating' | 'Validating' = 'Validating') => {
    const name = kind.toLowerCase();
    webhooks.serve(`/${name}`, () => answer);
    const { status, body, headers } = await world.http('POST', MAPS, configMap('x'));
    return {
      status,
      message: body['message'],
      reason: body['reason'],
      warning: headers['warning'],
    };
  };
  const failing = (reason: string, name = 'validating') => ({
    status: 500,
    reason: 'InternalError',
    message: `Internal error occurred: failed calling webhook "${name}.example.com": ${reason}`,
  });
  await add('Validating', 'validating', () => ALLOWED);
  const denied = 'admission webhook "validating.example.com" denied the request';
  t.match(await says({ allowed: false }), {
    status: 400,
    message: `${denied} without explanation`,
  });
  t.match(await says({ allowed: false, status: { code: 403, reason: 'Forbidden' } }), {
    status: 403,
    reason: 'Forbidden',
    message: `${denied}: Forbidden`,
  });
  t.match(
    await says({
      allowed: false,
      status: { code: 200, message: 'no' },
      warnings: ['look', 'look'],
    }),
    {
      status: 400,
      message: `${denied}: no`,
      warning: /^299 - "look"$/,
    },
  );
  const invalid = 'received invalid webhook response: ';
  t.match(await says({ ...ALLOWED, uid: 'other' }), {
    status: 500,
    message: /received invalid webhook response: expected response\.uid="[0-9a-f-]+", got "other"/,
  });
  t.match(
    await says(patched({})),
    failing(`${invalid}validating webhook may not return response.patch`),
  );
  const wrong = { kind: 'Other', apiVersion: 'admission.k8s.io/v1' };
  const reply = (status: number, value: object) =>
    new Reply({ type: 'response', status, body: new TextEncoder().encode(JSON.stringify(value)) });
  t.match(await says(reply(200, wrong)), failing(`${invalid}webhook response was absent`));
  t.match(
    await says(reply(404, {})),
    failing('failed to call webhook: the server could not find the requested resource'),
  );
  await world.http('DELETE', `${ADMISSION}/validatingwebhookconfigurations/validating`);
  await add('Mutating', 'mutating', () => ALLOWED);
  const typeless = { ...ALLOWED, patch: 'W10=' };
  t.match(
    await says(typeless, 'Mutating'),
    failing(`${invalid}webhook returned response.patch but not response.patchType`, 'mutating'),
  );
  t.match(
    await says(
      { ...typeless, patchType: 'Other', patch: patched({ op: 'test' }).patch },
      'Mutating',
    ),
    failing('unsupported patch type "Other"', 'mutating'),
  );
});

void t.test('mutating webhooks are asked in order, and again where they want to be', async (t) => {
  const { world, add, asked } = await hookedWorld();
  const label = (name: string) => (request: { readonly [field: string]: unknown }) => {
    const { metadata } = request['object'] as Json;
    const labels = { ...metadata?.labels, [name]: 'yes' };
    return patched({ op: 'add', path: '/metadata/labels', value: labels });
  };
  await add('Mutating', 'b', label('b'));
  await add('Mutating', 'a', label('a'), { reinvocationPolicy: 'IfNeeded' });
  await add('Validating', 'c', () => ALLOWED);
  const { body } = await world.http('POST', MAPS, configMap('x'));
  t.same(body.metadata?.labels, { a: 'yes', b: 'yes' });
  t.same(
    asked('a').map((each) => (each['object'] as Json).metadata?.labels),
    [undefined, { a: 'yes', b: 'yes' }],
  );
  t.equal(asked('b').length, 1);
  t.match(asked('c'), [{ object: { metadata: { labels: { a: 'yes', b: 'yes' } } } }]);
});

void t.test('a name is generated after mutation; a refusal is asked for once', async (t) => {
  const { world, add, asked } = await hookedWorld();
  await add('Mutating', 'm', () => ALLOWED);
  await add('Validating', 'v', () => ({ allowed: false }));
  const object = { ...configMap(''), metadata: { generateName: 'a-' } };
  t.equal((await world.http('POST', MAPS, object)).status, 400);
  t.match(asked('m'), [{ name: undefined }]);
  t.match(asked('v'), [{ name: /^a-/ }]);
  t.equal(asked('v').length, 1);
});

void t.test('a dry run is asked of those only who have no side effects', async (t) => {
  const { world, add, asked } = await hookedWorld();
  await add('Validating', 'v', () => ALLOWED, { sideEffects: 'NoneOnDryRun' });
  t.equal((await world.http('POST', `${MAPS}?dryRun=All`, configMap('a'))).status, 201);
  t.match(asked('v'), [{ dryRun: true, options: { dryRun: ['All'] } }]);
});

void t.test(
  'subresources are matched by their own names, and told by their own kinds',
  async (t) => {
    const { world, add, asked } = await hookedWorld();
    const all = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
    await world.http('POST', PODS, pod('a'));
    await add('Validating', 'v', () => ALLOWED, { rules: all });
    const merge = { type: 'application/merge-patch+json' };
    await world.http('PATCH', `${PODS}/a/status`, { status: { phase: 'Running' } }, merge);
    await world.http('POST', `${PODS}/a/exec?command=a&command=b`);
    await world.http('POST', `${PODS}/a/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'a' },
    });
    t.match(asked('v'), [
      { subResource: 'status', kind: { kind: 'Pod' }, operation: 'UPDATE' },
      { subResource: 'exec', kind: { kind: 'PodExecOptions' }, object: { command: ['a', 'b'] } },
      { subResource: 'eviction', kind: { group: 'policy', kind: 'Eviction' }, operation: 'CREATE' },
    ]);
    t.equal(asked('v').length, 3, 'an eviction is no deletion');
  },
);

void t.test('an equivalent version is converted for the webhook, and back', async (t) => {
  const { world, add, asked } = await hookedWorld();
  const rule = {
    operations: ['CREATE'],
    apiVersions: ['v1'],
    resources: ['horizontalpodautoscalers'],
  };
  const rules = [{ ...rule, apiGroups: ['autoscaling'] }];
  await add(
    'Mutating',
    'e',
    () => patched({ op: 'replace', path: '/spec/maxReplicas', value: 7 }),
    { rules },
  );
  await add('Validating', 'x', () => ALLOWED, { rules, matchPolicy: 'Exact' });
  const url = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const { body } = await world.http('POST', url, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' },
    },
  });
  t.match(body, { apiVersion: 'autoscaling/v2', spec: { maxReplicas: 7 } });
  t.match(asked('e'), [
    {
      kind: { version: 'v1' },
      requestKind: { version: 'v2' },
      object: { apiVersion: 'autoscaling/v1' },
    },
  ]);
  t.equal(asked('x').length, 0);
});

void t.test(
  'a new life of the API server asks from its first write on; calls are counted',
  async (t) => {
    const { world, add } = await hookedWorld();
    await add('Validating', 'v', () => ({ allowed: false }), { failurePolicy: 'Ignore' });
    await world.restart();
    t.equal((await world.http('POST', MAPS, configMap('a'))).status, 400);
    const { text } = await world.http('GET', '/metrics');
    t.match(
      text,
      'apiserver_admission_webhook_rejection_count{name="v.example.com",type="validating",operation="CREATE",error_type="no_error",rejection_code="400"} 1',
    );
  },
);

void t.test('a condition may ask what the user may do, and is told no namespace', async (t) => {
  const { world, add, asked } = await hookedWorld();
  const mayBreakGlass =
    "authorizer.group('a.io').resource('hooks').name('v').check('breakglass').allowed()";
  const condition = (expression: string) => ({ matchConditions: [{ name: 'c', expression }] });
  await add('Validating', 'v', () => ({ allowed: false }), condition(`!${mayBreakGlass}`));
  await add('Validating', 'w', () => ALLOWED, condition('namespaceObject == null'));
  t.equal((await world.http('POST', MAPS, configMap('a'))).status, 201, 'an administrator may');
  t.equal(asked('v').length, 0);
  t.equal(asked('w').length, 1);
});
