import { ISSUER } from './service-account-tokens.js';
import type { TokenKey } from './token-key.js';

export const OPENID_CONFIGURATION = '/.well-known/openid-configuration';
export const JWKS = '/openid/v1/jwks';

/** By which others find out how to check a service account's token (OpenID Connect Discovery 1.0, KEP-1393). */
export function openIdConfiguration(
  key: TokenKey,
  { ip, port }: { readonly ip: string; readonly port: number },
): object {
  return {
    issuer: ISSUER,
    jwks_uri: `https://${ip.includes(':') ? `[${ip}]` : ip}:${String(port)}${JWKS}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [key.algorithm],
  };
}

/** RFC 7517. */
export function keySet({ algorithm, keyId, publicJwk }: TokenKey): object {
  return { keys: [{ use: 'sig', kid: keyId, alg: algorithm, ...publicJwk }] };
}
