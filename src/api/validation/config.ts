import { entriesOf } from '../absent.js';
import type { V1ConfigMap, V1Secret } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { forbidden, invalid, required, tooLong } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { configKeyProblems } from './names.js';
import { utf8Length } from './object-meta.js';

/** 1 MiB, over all values. */
const BYTES_MAX = 1024 * 1024;
const IMMUTABLE_TEXT = 'field is immutable when `immutable` is set';

export function checkConfigMap(configMap: V1ConfigMap, errors: Errors): void {
  let bytes = 0;
  for (const [key, value] of entriesOf(configMap.data)) {
    checkProblems(configKeyProblems(key), `data[${key}]`, key, errors);
    if (Object.hasOwn(configMap.binaryData ?? {}, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    bytes += utf8Length(value);
  }
  for (const [key, value] of entriesOf(configMap.binaryData)) {
    checkProblems(configKeyProblems(key), `binaryData[${key}]`, key, errors);
    bytes += base64Bytes(value);
  }
  if (bytes > BYTES_MAX) errors.push(tooLong('', BYTES_MAX));
}

export function checkConfigMapUpdate(
  configMap: V1ConfigMap,
  old: V1ConfigMap,
  errors: Errors,
): void {
  checkFrozen(configMap, old, ['data', 'binaryData'], errors);
  checkConfigMap(configMap, errors);
}

/** What is `immutable` stays so, and as it is. */
function checkFrozen<T extends V1ConfigMap | V1Secret>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
  errors: Errors,
): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true) errors.push(forbidden('immutable', IMMUTABLE_TEXT));
  for (const field of fields) {
    if (!semanticEqual(object[field] ?? {}, old[field] ?? {})) {
      errors.push(forbidden(field, IMMUTABLE_TEXT));
    }
  }
}

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** The keys that a secret of a type must hold; of those with `any`, one is enough. */
const TYPES: Readonly<
  Record<string, { readonly keys: readonly string[]; readonly any?: boolean }>
> = {
  'kubernetes.io/dockercfg': { keys: ['.dockercfg'] },
  'kubernetes.io/dockerconfigjson': { keys: ['.dockerconfigjson'] },
  'kubernetes.io/basic-auth': { keys: ['username', 'password'], any: true },
  'kubernetes.io/ssh-auth': { keys: ['ssh-privatekey'] },
  'kubernetes.io/tls': { keys: ['tls.crt', 'tls.key'] },
};

export function checkSecret(secret: V1Secret, errors: Errors): void {
  let bytes = 0;
  for (const [key, value] of entriesOf(secret.data)) {
    checkProblems(configKeyProblems(key), `data[${key}]`, key, errors);
    bytes += base64Bytes(value);
  }
  if (bytes > BYTES_MAX) errors.push(tooLong('data', BYTES_MAX));
  checkSecretType(secret, errors);
}

export function checkSecretUpdate(secret: V1Secret, old: V1Secret, errors: Errors): void {
  checkImmutable(secret.type, old.type, 'type', errors);
  checkFrozen(secret, old, ['data'], errors);
  checkSecret(secret, errors);
}

function checkSecretType(secret: V1Secret, errors: Errors): void {
  const { type = '', metadata, data = {} } = secret;
  if (type === 'kubernetes.io/service-account-token') {
    if ((metadata?.annotations?.[ACCOUNT_NAME] ?? '') !== '') return;
    errors.push(required(`metadata.annotations[${ACCOUNT_NAME}]`));
    return;
  }
  const rule = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (rule === undefined) return;
  const missing = rule.keys.filter((key) => !Object.hasOwn(data, key));
  if (rule.any === true && missing.length < rule.keys.length) return;
  for (const key of missing) errors.push(required(`data[${key}]`));
}

/** The length of what a base64 text stands for. */
function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.max(0, (text.length / 4) * 3 - padding);
}
