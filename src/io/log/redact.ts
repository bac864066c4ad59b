import type { LogFields } from '../../base/index.js';

/** In lower case, without what divides their words. */
const SECRET_NAMES = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'bearertoken',
  'clientkey',
  'clientkeydata',
  'cookie',
  'dockerconfigjson',
  'idtoken',
  'passphrase',
  'password',
  'privatekey',
  'proxyauthorization',
  'refreshtoken',
  'secret',
  'setcookie',
  'tlskey',
  'token',
]);
/** Of a Secret: what it holds, and what may repeat it (kubectl's last-applied-configuration is an annotation). */
const SECRET_PARTS = new Set(['data', 'stringData', 'annotations']);
/** What is a secret wherever it stands: private keys, bearer tokens, JSON Web Tokens. */
const SECRET_TEXT =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\bBearer +[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/gi;
const REDACTED = '[redacted]';
const DEPTH_MAX = 8;
const ITEMS_MAX = 100;
const TEXT_CHARACTERS_MAX = 32_768;

/**
 * Fields as they may stand in a log: secrets by their names and by their looks are blotted out, and so is the data of Kubernetes
 * Secrets; bytes become their length; errors become plain data; depth and lengths are bounded.
 */
export function redact(fields: LogFields): LogFields {
  return redactObject(fields, 0, false);
}

export function redactText(text: string): string {
  const bounded =
    text.length <= TEXT_CHARACTERS_MAX
      ? text
      : `${text.slice(0, TEXT_CHARACTERS_MAX)}… [${String(text.length)} characters]`;
  return bounded.replace(SECRET_TEXT, REDACTED);
}

function redactObject(
  object: Readonly<Record<string, unknown>>,
  depth: number,
  withinSecret: boolean,
): Record<string, unknown> {
  const isSecret = withinSecret || object['kind'] === 'Secret' || object['kind'] === 'SecretList';
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const plainName = name.toLowerCase().replaceAll(/[-_.]/g, '');
    const hidden = SECRET_NAMES.has(plainName) || (isSecret && SECRET_PARTS.has(name));
    copy[name] = hidden && value !== undefined ? REDACTED : redactValue(value, depth + 1, isSecret);
  }
  return copy;
}

function redactValue(value: unknown, depth: number, withinSecret: boolean): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Error) {
    const { name, message, stack = '' } = value;
    return { name, message: redactText(message), stack: redactText(stack) };
  }
  if (depth >= DEPTH_MAX) return '[deep]';
  const inner = (item: unknown): unknown => redactValue(item, depth + 1, withinSecret);
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map(inner);
  if (value instanceof Set) return [...value].slice(0, ITEMS_MAX).map(inner);
  const object: object = value instanceof Map ? (Object.fromEntries(value) as object) : value;
  return redactObject(object as Record<string, unknown>, depth, withinSecret);
}
