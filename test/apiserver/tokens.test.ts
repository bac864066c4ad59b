import t from 'tap';
import { newTokenKeyPem, tokenKey } from '../../src/io/crypto/index.js';
import { createApiWorld } from './api-world.js';
import type { Answer, ApiWorld, Json } from './api-world.js';
import { pod, PODS } from './manifests.js';

const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const key = tokenKey(newTokenKeyPem());

async function started(): Promise<ApiWorld> {
  const world = createApiWorld({}, { tokenKey: key });
  await world.start();
  await world.http('POST', ACCOUNTS, { metadata: { name: 'robot' } });
  return world;
}

async function request(world: ApiWorld, spec: object = {}, name = 'robot'): Promise<Answer> {
  return await world.http('POST', `${ACCOUNTS}/${name}/token`, { spec });
}

function tokenOf({ body }: Answer): string {
  return (body['status'] as { token: string }).token;
}

async function as(world: ApiWorld, token: string, url = '/api'): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  return await world.http('GET', url, undefined, { client: null, headers });
}

async function review(world: ApiWorld, token: string, audiences?: string[]): Promise<Json> {
  const answer = await world.http('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    spec: { token, audiences },
  });
  return answer.body['status'] as Json;
}

t.test('a token of a service account says who asks', async (t) => {
  const world = await started();
  const issued = await request(world);
  t.match(issued, {
    status: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'robot', namespace: 'default' },
      spec: { audiences: [ISSUER], expirationSeconds: 3600 },
      status: { expirationTimestamp: '2026-01-01T01:00:01Z' },
    },
  });
  const token = tokenOf(issued);
  const [head = '', body = ''] = token.split('.');
  const json = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
  t.same(json(head), { alg: 'ES256', kid: key.keyId });
  const account = (await world.http('GET', `${ACCOUNTS}/robot`)).body.metadata;
  const nowSeconds = Math.floor(world.clock.wallMs() / 1_000);
  t.match(json(body), {
    aud: [ISSUER],
    iss: ISSUER,
    sub: 'system:serviceaccount:default:robot',
    iat: nowSeconds,
    exp: nowSeconds + 3_600,
    'kubernetes.io': {
      namespace: 'default',
      serviceaccount: { name: 'robot', uid: account?.uid ?? '' },
    },
  });
  t.equal((await as(world, token)).status, 200, 'discovery is for everyone who is known');
  t.match(await as(world, token, PODS), {
    status: 403,
    body: { message: /User "system:serviceaccount:default:robot" cannot list resource "pods"/ },
  });
  t.match(await review(world, token), {
    authenticated: true,
    audiences: [ISSUER],
    user: {
      username: 'system:serviceaccount:default:robot',
      uid: account?.uid ?? '',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [/^JTI=/] },
    },
  });
});

t.test('a token that was tampered with, or signed by another key, is nobody’s', async (t) => {
  const world = await started();
  const token = tokenOf(await request(world));
  const [head = '', body = '', tail = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, exp: 9e9 })).toString('base64url');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const other = createApiWorld({}, { tokenKey: tokenKey(newTokenKeyPem()) });
  await other.start();
  t.equal((await as(other, token)).status, 401);
  for (const bad of [
    `${head}.${forged}.${tail}`,
    `${none}.${body}.`,
    `${none}.${body}.${tail}`,
    `${head}.${body}.AAAA`,
    `${token}.x`,
    'x.y.z',
    'x y',
  ])
    t.equal((await as(world, bad)).status, 401, bad);
  t.equal((await as(world, '')).status, 403, 'an empty one is none');
  t.match(await review(world, 'x.y.z'), { user: {}, error: 'invalid bearer token' });
});

t.test('a token is good for its audience and its time', async (t) => {
  const world = await started();
  const vault = tokenOf(await request(world, { audiences: ['vault'], expirationSeconds: 600 }));
  t.equal((await as(world, vault)).status, 401);
  t.match(await review(world, vault, ['vault', 'x']), {
    authenticated: true,
    audiences: ['vault'],
  });
  await world.advance(600_000);
  t.match(await review(world, vault, ['vault']), { error: 'invalid bearer token' });
  for (const [expirationSeconds, detail] of [
    [599, 'may not specify a duration less than 10 minutes'],
    [2 ** 32 + 1, 'may not specify a duration larger than 2^32 seconds'],
  ] as const)
    t.match(await request(world, { expirationSeconds }), {
      status: 422,
      body: {
        message: `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${String(expirationSeconds)}: ${detail}`,
      },
    });
  t.equal((await request(world, {}, 'nope')).status, 404);
});

t.test('a token ends with its account, and with what it is bound to', async (t) => {
  const world = await started();
  await world.http('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });
  const spec = { serviceAccountName: 'robot', nodeName: 'node-1' };
  const { body: bound } = await world.http('POST', PODS, pod('p', { spec }));
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'p' };
  const token = tokenOf(await request(world, { boundObjectRef }));
  t.match(await review(world, token), {
    user: {
      extra: {
        'authentication.kubernetes.io/pod-name': ['p'],
        'authentication.kubernetes.io/pod-uid': [bound.metadata?.uid ?? ''],
        'authentication.kubernetes.io/node-name': ['node-1'],
      },
    },
  });
  t.match(await request(world, { boundObjectRef: { ...boundObjectRef, uid: 'other' } }), {
    status: 409,
  });
  t.match(await request(world, { boundObjectRef: { ...boundObjectRef, kind: 'Service' } }), {
    status: 400,
    body: { message: 'cannot bind token to object of type /v1, Kind=Service' },
  });
  await world.http('POST', ACCOUNTS, { metadata: { name: 'other' } });
  t.match(await request(world, { boundObjectRef }, 'other'), {
    status: 400,
    body: { message: /to pod running with different serviceaccount name/ },
  });
  const free = tokenOf(await request(world));
  await world.http('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
  t.equal((await as(world, token)).status, 401);
  t.equal((await as(world, free)).status, 200);
  await world.http('DELETE', `${ACCOUNTS}/robot`);
  await world.http('POST', ACCOUNTS, { metadata: { name: 'robot' } });
  t.equal((await as(world, free)).status, 401, 'another life under the same name');
});

t.test('others find out how to check a token', async (t) => {
  const world = await started();
  const token = tokenOf(await request(world));
  const { body: configuration } = await as(world, token, '/.well-known/openid-configuration');
  t.same(configuration, {
    issuer: ISSUER,
    jwks_uri: 'https://127.0.0.1:6443/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
  const keys = await as(world, token, '/openid/v1/jwks');
  t.equal(keys.headers['content-type'], 'application/jwk-set+json');
  t.same(JSON.parse(keys.text), {
    keys: [{ use: 'sig', kid: key.keyId, alg: 'ES256', ...key.publicJwk }],
  });
  t.match(await as(world, token, '/openid/v1/nope'), { status: 403 });
});

t.test('without a key there are no tokens', async (t) => {
  const world = createApiWorld();
  await world.start();
  await world.http('POST', ACCOUNTS, { metadata: { name: 'robot' } });
  t.equal((await request(world)).status, 500);
  t.equal((await world.http('GET', '/openid/v1/jwks')).status, 404);
});
