import type { LogFields } from '../../base/index.js';

const SECRET_NAMES = new Set([
  'password',
  'token',
  'bearertoken',
  'key',
  'privatekey',
  'authorization',
  'cookie',
  'clientkeydata',
  'secret',
  'tlskey',
]);
const REDACTED = '[redacted]';
const DEPTH_MAX = 8;
const ITEMS_MAX = 100;

/**
 * Fields as they may stand in a log: secrets by their names are blotted out, and so is the data of Kubernetes Secrets; bytes
 * become their length; errors become plain data; depth and lengths are bounded.
 */
export function redact(fields: LogFields): LogFields {
  return redactObject(fields, 0);
}

function redactObject(
  object: Readonly<Record<string, unknown>>,
  depth: number,
): Record<string, unknown> {
  const isSecret = object['kind'] === 'Secret';
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const plainName = name.toLowerCase().replaceAll(/[-_]/g, '');
    const hidden =
      SECRET_NAMES.has(plainName) || (isSecret && (name === 'data' || name === 'stringData'));
    copy[name] = hidden && value !== undefined ? REDACTED : redactValue(value, depth + 1);
  }
  return copy;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Error)
    return { name: value.name, message: value.message, stack: value.stack };
  if (depth >= DEPTH_MAX) return '[deep]';
  if (Array.isArray(value))
    return value.slice(0, ITEMS_MAX).map((item) => redactValue(item, depth + 1));
  if (value instanceof Map)
    return redactObject(Object.fromEntries(value) as Record<string, unknown>, depth);
  if (value instanceof Set)
    return [...value].slice(0, ITEMS_MAX).map((item) => redactValue(item, depth + 1));
  return redactObject(value as Record<string, unknown>, depth);
}
