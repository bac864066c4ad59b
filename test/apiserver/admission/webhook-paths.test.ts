import t from 'tap';
import { newTokenKeyPem, tokenKey } from '../../../src/io/crypto/index.js';
import type { Json } from '../api-world.js';
import { convertHostPort, defineWidgets } from '../custom/converted-widgets.js';
import { Reply } from '../fake-webhooks.js';
import { configMap, deployment, DEPLOYMENTS, pod, PODS } from '../manifests.js';
import { ALLOWED, hookedWorld, patched } from './hooked-world.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
const rule = (group: string, resource: string, versions = ['v1']) => ({
  operations: ['*'],
  apiGroups: [group],
  apiVersions: versions,
  resources: [resource],
});
const encoded = (value: object) => new TextEncoder().encode(JSON.stringify(value));

void t.test('a scale is reviewed as a Scale, and what a webhook makes of it counts', async (t) => {
  const { world, add, asked } = await hookedWorld();
  await world.http('POST', DEPLOYMENTS, deployment('a'));
  const rules = [rule('apps', 'deployments/scale')];
  await add('Mutating', 'm', () => patched({ op: 'replace', path: '/spec/replicas', value: 4 }), {
    rules,
  });
  await add(
    'Validating',
    'v',
    (request) =>
      (request['oldObject'] as { spec: { replicas: number } }).spec.replicas === 4
        ? { allowed: false }
        : ALLOWED,
    { rules },
  );
  const merge = { type: 'application/merge-patch+json' };
  const change = { spec: { replicas: 9 } };
  const scaled = await world.http('PATCH', `${DEPLOYMENTS}/a/scale`, change, merge);
  t.match(scaled.body, { kind: 'Scale', spec: { replicas: 4 } });
  t.match((await world.http('GET', `${DEPLOYMENTS}/a`)).body, { spec: { replicas: 4 } });
  t.match(asked('v'), [
    {
      operation: 'UPDATE',
      subResource: 'scale',
      name: 'a',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      object: { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 4 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 } },
    },
  ]);
  t.equal((await world.http('PATCH', `${DEPLOYMENTS}/a/scale`, change, merge)).status, 400);
});

void t.test('a binding and a token are reviewed before there are any', async (t) => {
  const { world, add, asked } = await hookedWorld({ tokenKey: tokenKey(newTokenKeyPem()) });
  await world.http('POST', PODS, pod('a'));
  await add('Validating', 'b', () => ({ allowed: false }), { rules: [rule('', 'pods/binding')] });
  const target = { kind: 'Node', name: 'n' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target };
  t.equal((await world.http('POST', `${PODS}/a/binding`, binding)).status, 400);
  t.match(asked('b'), [
    {
      operation: 'CREATE',
      subResource: 'binding',
      name: 'a',
      kind: { group: '', version: 'v1', kind: 'Binding' },
      object: { kind: 'Binding', target },
      oldObject: null,
    },
  ]);
  t.notOk(((await world.http('GET', `${PODS}/a`)).body['spec'] as Json)['nodeName']);

  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await world.http('POST', accounts, { metadata: { name: 'robot' } });
  const rules = [rule('', 'serviceaccounts/token')];
  await add(
    'Mutating',
    'm',
    () => patched({ op: 'replace', path: '/spec/expirationSeconds', value: 7200 }),
    { rules },
  );
  let allows = true;
  await add('Validating', 't', () => ({ allowed: allows }), { rules });
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  };
  const issued = await world.http('POST', `${accounts}/robot/token`, request);
  t.equal(issued.status, 201);
  t.match(issued.body, { spec: { expirationSeconds: 7200 }, status: { token: /./ } });
  allows = false;
  const refused = await world.http('POST', `${accounts}/robot/token`, request);
  t.equal(refused.status, 400);
  const [first] = asked('t');
  t.match(first, {
    operation: 'CREATE',
    subResource: 'token',
    name: 'robot',
    kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
    resource: { resource: 'serviceaccounts' },
  });
});

void t.test(
  'several slow webhooks have 34 seconds together, and then nothing is written',
  async (t) => {
    const { world, webhooks, add } = await hookedWorld();
    const rules = [rule('', 'configmaps')];
    const timeouts: number[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      await add(
        'Mutating',
        name,
        (_request, { timeoutMs }) => {
          timeouts.push(timeoutMs);
          return new Promise<Reply>((resolve) => {
            world.clock.after(timeoutMs, () => {
              resolve(new Reply({ type: 'failed', message: 'context deadline exceeded' }));
            });
          });
        },
        { rules, failurePolicy: 'Ignore', timeoutSeconds: 10 },
      );
    const pending = world.begin('POST', MAPS, configMap('x'));
    await world.advance(33_900);
    t.equal(pending.answer, undefined);
    await world.advance(200);
    t.match(pending.answer, { status: 504, body: { reason: 'Timeout' } });
    t.same(timeouts, [10_000, 10_000, 10_000, 4_000], 'each has what is left');
    await world.advance(60_000);
    t.equal(webhooks.calls.length, 4, 'the fifth is not asked');
    t.equal((await world.http('GET', `${MAPS}/x`)).status, 404);
  },
);

void t.test(
  'a webhook that reads v1beta1 only is asked so, and may answer as it always did',
  async (t) => {
    const { world, webhooks, add } = await hookedWorld();
    const operations = [{ op: 'add', path: '/data', value: { k: 'v' } }];
    const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
    let kind = 'none';
    await add(
      'Mutating',
      'old',
      (_request, { body }) => {
        const review = JSON.parse(new TextDecoder().decode(body)) as Json;
        kind = `${String(review.apiVersion)} ${String(review.kind)}`;
        // Without a uid, and with a patch whose type goes without saying.
        const answer = { response: { allowed: true, patch } };
        return new Reply({ type: 'response', status: 200, body: encoded(answer) });
      },
      { rules: [rule('', 'configmaps')], admissionReviewVersions: ['v1beta1'] },
    );
    const made = await world.http('POST', MAPS, configMap('x'));
    t.match(made, { status: 201, body: { data: { k: 'v' } } });
    t.equal(kind, 'admission.k8s.io/v1beta1 AdmissionReview');
    t.equal(webhooks.calls.length, 1);
  },
);

void t.test('an object is converted by one webhook for another, and back', async (t) => {
  const { world, webhooks, add, asked } = await hookedWorld();
  webhooks.serve('/convert', convertHostPort);
  const expect = async (status: number, method: string, url: string, body?: unknown) => {
    const answer = await world.http(method, url, body);
    if (answer.status !== status) throw new Error(answer.text);
    return answer.body;
  };
  const widgets = await defineWidgets({ world, expect, namespace: 'default' }, '/convert');
  const { at, object, group } = widgets;
  const rules = [rule(group, 'widgets', ['v1'])];
  await add(
    'Mutating',
    'm',
    () => patched({ op: 'replace', path: '/hostPort', value: 'other:81' }),
    { rules, matchPolicy: 'Equivalent' },
  );
  await add('Validating', 'v', () => ALLOWED, { rules, matchPolicy: 'Equivalent' });
  await add('Validating', 'x', () => ALLOWED, { rules, matchPolicy: 'Exact' });
  const sent = object('v2', 'one', { host: 'local', port: '80' });
  t.match(await expect(201, 'POST', at('v2'), sent), {
    apiVersion: `${group}/v2`,
    host: 'other',
    port: '81',
  });
  const v1 = { apiVersion: `${group}/v1`, hostPort: 'local:80' };
  t.match(asked('m'), [{ kind: { version: 'v1' }, requestKind: { version: 'v2' }, object: v1 }]);
  t.match(asked('v'), [{ object: { apiVersion: `${group}/v1`, hostPort: 'other:81' } }]);
  t.equal(asked('x').length, 0);
  t.match(await expect(200, 'GET', at('v1', 'one')), { hostPort: 'other:81' });
});
