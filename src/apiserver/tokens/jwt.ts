import { decodeBase64, encodeBase64 } from '../../api/index.js';
import type { TokenKey } from './token-key.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A signed token of these claims (RFC 7519, in its compact form). */
export function signJwt(key: TokenKey, claims: object): string {
  const header = { alg: key.algorithm, kid: key.keyId };
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${toUrl(encodeBase64(key.sign(encoder.encode(signed))))}`;
}

/** The claims of a token that this key has signed; undefined for any other text. Nothing is said of its time. */
export function verifiedClaims(key: TokenKey, token: string): unknown {
  const [head = '', body = '', tail = '', ...more] = token.split('.');
  if (more.length > 0 || tail === '') return undefined;
  const header = parsed(head) as { alg?: unknown } | undefined;
  if (typeof header !== 'object' || header.alg !== key.algorithm) return undefined;
  const signature = bytesOf(tail);
  if (signature === undefined || !key.verify(encoder.encode(`${head}.${body}`), signature))
    return undefined;
  return parsed(body);
}

function segment(value: object): string {
  return toUrl(encodeBase64(encoder.encode(JSON.stringify(value))));
}

function toUrl(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  const decoded = decodeBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
  return 'bytes' in decoded ? decoded.bytes : undefined;
}

function parsed(text: string): unknown {
  const bytes = bytesOf(text);
  if (bytes === undefined) return undefined;
  try {
    return (JSON.parse(decoder.decode(bytes)) ?? undefined) as unknown;
  } catch {
    return undefined;
  }
}
