import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../folder/index.js';
import type { KeyPair } from './key-pair.js';

const DAY_MS = 86_400_000;
/** A certificate that ends within this time is made anew. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

export interface ClusterPki {
  readonly ca: KeyPair;
  readonly serving: KeyPair;
  readonly admin: KeyPair;
}

/**
 * The cluster's keys: made on first start, then kept, so that an old kubeconfig goes on working. The serving and the
 * client certificate are renewed when they near their end, by the same CA; and all of them when the CA does.
 */
export async function ensurePki(
  folder: string,
  servingNames: readonly string[],
  nowMs = Date.now(),
): Promise<ClusterPki> {
  const untilMs = nowMs + RENEW_BEFORE_MS;
  const kept = {
    ca: readPair(folder, 'ca', untilMs),
    serving: readPair(folder, 'apiserver', untilMs, servingNames),
    admin: readPair(folder, 'admin', untilMs),
  };
  if (kept.ca !== undefined && kept.serving !== undefined && kept.admin !== undefined)
    return kept as ClusterPki;
  // The X.509 library is loaded only where a certificate is missing.
  const { issueAuthority, issueClient, issueServing } = await import('./issue.js');
  const ca = kept.ca ?? writePair(folder, 'ca', await issueAuthority());
  const whole = kept.ca !== undefined;
  const serving = whole ? kept.serving : undefined;
  const admin = whole ? kept.admin : undefined;
  return {
    ca,
    serving: serving ?? writePair(folder, 'apiserver', await issueServing(ca, servingNames)),
    admin:
      admin ??
      writePair(folder, 'admin', await issueClient(ca, 'kubernetes-admin', ['system:masters'])),
  };
}

function readPair(
  folder: string,
  name: string,
  untilMs: number,
  names: readonly string[] = [],
): KeyPair | undefined {
  const [certificateFile, keyFile] = pairFiles(folder, name);
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return undefined;
  const pair = {
    certificate: readFileSync(certificateFile, 'utf8'),
    privateKey: readFileSync(keyFile, 'utf8'),
  };
  const certificate = new X509Certificate(pair.certificate);
  const covered = certificate.subjectAltName ?? '';
  if (Date.parse(certificate.validTo) < untilMs) return undefined;
  // Whoever wrote them may have died between the two files.
  if (!certificate.checkPrivateKey(createPrivateKey(pair.privateKey))) return undefined;
  return names.every((wanted) => covered.includes(wanted)) ? pair : undefined;
}

function writePair(folder: string, name: string, pair: KeyPair): KeyPair {
  const [certificateFile, keyFile] = pairFiles(folder, name);
  writeFileAtomic(keyFile, pair.privateKey);
  writeFileAtomic(certificateFile, pair.certificate);
  return pair;
}

function pairFiles(folder: string, name: string): [certificate: string, key: string] {
  return [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
}
