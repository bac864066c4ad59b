import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { newTokenKeyPem, tokenKey } from '../../io/crypto/index.js';
import { writeFileAtomic } from '../folder/index.js';

/** The key that signs the tokens of service accounts; named as kubeadm does. */
export function tokenKeyFile(folder: string): string {
  return path.join(folder, 'sa.key');
}

/** Makes it at the first start, or where what is there is none; then it stays, as tokens outlive the daemon. */
export function ensureTokenKey(folder: string): void {
  const file = tokenKeyFile(folder);
  if (existsSync(file) && isTokenKey(readFileSync(file, 'utf8'))) return;
  writeFileAtomic(file, newTokenKeyPem());
}

function isTokenKey(pem: string): boolean {
  try {
    tokenKey(pem);
    return true;
  } catch {
    return false;
  }
}
