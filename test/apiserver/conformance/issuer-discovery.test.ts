import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { conformance } from './harness.js';

interface KeySet {
  readonly keys: readonly (JsonWebKey & { readonly kid: string; readonly alg: string })[];
}

interface Configuration {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly id_token_signing_alg_values_supported: readonly string[];
}

const read = (part = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

conformance(
  '[sig-auth] ServiceAccounts ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer',
  async (t, api) => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } };
    await api.expect(201, 'POST', api.in('serviceaccounts'), account);
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: ['oidc-discovery-test'] },
    };
    const issued = (audiences: object): Promise<unknown> =>
      api
        .expect(201, 'POST', `${api.in('serviceaccounts')}/robot/token`, audiences)
        .then(({ status }) => (status as { token: string }).token);
    const token = String(await issued(request));
    // With a token for the API server, as a pod has it, the account may read how tokens are checked.
    const own = String(await issued({ ...request, spec: {} }));
    const as = { client: null, headers: { authorization: `Bearer ${own}` } };
    const found = '/.well-known/openid-configuration';
    const { body } = await api.world.http('GET', found, undefined, as);
    const configuration = body as unknown as Configuration;
    const keys = await api.world.http(
      'GET',
      new URL(configuration.jwks_uri).pathname,
      undefined,
      as,
    );
    t.equal(keys.status, 200);

    const [head = '', claims = '', signature = ''] = token.split('.');
    const { kid, alg } = read(head);
    const key = (JSON.parse(keys.text) as KeySet).keys.find((each) => each.kid === kid);
    if (key === undefined) throw new Error(`no key ${String(kid)} in ${keys.text}`);
    t.equal(key.alg, alg);
    t.match(configuration.id_token_signing_alg_values_supported, [alg]);
    const checked = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    t.ok(checked, 'the signature is that of the published key');
    t.match(read(claims), {
      iss: configuration.issuer,
      aud: ['oidc-discovery-test'],
      sub: `system:serviceaccount:${api.namespace}:robot`,
    });
    const anonymous = await api.world.http('GET', found, undefined, { client: null });
    t.equal(anonymous.status, 403, 'not for those who are nobody');
  },
);
