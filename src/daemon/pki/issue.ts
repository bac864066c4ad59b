import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import type { KeyPair } from './key-pair.js';

const YEAR_MS = 365 * 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const { subtle } = webcrypto;

x509.cryptoProvider.set(webcrypto);

export async function issueAuthority(): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(10),
    name: [{ CN: ['kubernetes'] }],
    keys,
    signingAlgorithm: EC,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign |
          x509.KeyUsageFlags.cRLSign |
          x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(certificate, keys);
}

/** For the API server's socket; `names` are DNS names and IP addresses. */
export function issueServing(ca: KeyPair, names: readonly string[]): Promise<KeyPair> {
  const alternatives = names.map((name) => ({
    type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
    value: name,
  }));
  return issue(ca, [{ CN: ['kube-apiserver'] }], x509.ExtendedKeyUsage.serverAuth, [
    new x509.SubjectAlternativeNameExtension(alternatives),
  ]);
}

/** For a client: `user` becomes CN, each group an O, as Kubernetes reads them. */
export function issueClient(
  ca: KeyPair,
  user: string,
  groups: readonly string[],
): Promise<KeyPair> {
  const name = [...groups.map((group) => ({ O: [group] })), { CN: [user] }];
  return issue(ca, name, x509.ExtendedKeyUsage.clientAuth, []);
}

async function issue(
  ca: KeyPair,
  subject: x509.JsonName,
  usage: x509.ExtendedKeyUsage,
  more: x509.Extension[],
): Promise<KeyPair> {
  const keys = await newKeys();
  const authority = new x509.X509Certificate(ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(1),
    subject,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(ca),
    signingAlgorithm: EC,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
      ...more,
    ],
  });
  return pem(certificate, keys);
}

/** From an hour ago, so that a client whose clock is a little behind is not refused. */
function validity(years: number): { notBefore: Date; notAfter: Date; serialNumber: string } {
  const serialNumber = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .replace(/^[89a-f]/, '7');
  return {
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + years * YEAR_MS),
    serialNumber,
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await subtle.generateKey(EC, true, ['sign', 'verify']);
}

async function privateKeyOf({ privateKey }: KeyPair): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(privateKey);
  return await subtle.importKey('pkcs8', der, EC, false, ['sign']);
}

async function pem(
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<KeyPair> {
  const der = await subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n`,
  };
}
