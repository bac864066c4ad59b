import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';

/** ES256 (RFC 7518 §3.4), synchronous. It is the API server's port `TokenKey`. */
export interface TokenSigningKey {
  readonly algorithm: 'ES256';
  readonly keyId: string;
  readonly publicJwk: Readonly<Record<string, string>>;
  sign(data: Uint8Array): Uint8Array;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}

/** A new private key on P-256, as PEM (PKCS #8). */
export function newTokenKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** The key of a PEM. Throws where it is none, or not on P-256. */
export function tokenKey(pem: string): TokenSigningKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('the key that signs tokens is not on P-256');
  // As kube-apiserver names its keys: by the hash of the public one.
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return {
    algorithm: 'ES256',
    keyId: createHash('sha256').update(der).digest('base64url'),
    publicJwk: { kty, crv, x, y },
    sign: (data) =>
      new Uint8Array(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
    verify: (data, signature) =>
      verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
  };
}
