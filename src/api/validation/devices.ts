import { listOf, maybe } from '../absent.js';
import type {
  V1DeviceSelector,
  V1DeviceToleration,
  V1OpaqueDeviceConfiguration,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { checkDriverName } from './csi-driver.js';
import { duplicate, invalid, notSupported, required, tooLong, tooMany } from './field-error.js';
import {
  cIdentifierProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
} from './names.js';
import { utf8Length } from './object-meta.js';

/*
 * What claims, classes and slices of devices have in common (resource/validation).
 */

type ItemCheck<T> = (item: T, field: string) => void;

/** Each item of a list. Of one that is too long nothing but that is said. */
export function checkList<T>(
  list: readonly T[] | undefined,
  countMax: number,
  field: string,
  errors: Errors,
  check: ItemCheck<T>,
): void {
  const items = listOf(list);
  if (items.length > countMax) {
    errors.push(tooMany(field, items.length, countMax));
    return;
  }
  items.forEach((item, index) => {
    check(item, `${field}[${String(index)}]`);
  });
}

/** The same for a list that has each key once. */
export function checkSet<T>(
  list: readonly T[] | undefined,
  countMax: number,
  field: string,
  errors: Errors,
  keyOf: (item: T) => string,
  check: ItemCheck<T>,
): void {
  checkList(list, countMax, field, errors, check);
  const items = listOf(list);
  if (items.length > countMax) return;
  const keys = items.map(keyOf);
  keys.forEach((key, index) => {
    if (keys.indexOf(key) < index) errors.push(duplicate(`${field}[${String(index)}]`, key));
  });
}

const SELECTORS_MAX = 32;
export const CONFIG_MAX = 32;
const EXPRESSION_BYTES_MAX = 10 * 1024;
const PARAMETERS_BYTES_MAX = 10 * 1024;
const IDENTIFIER_MAX = 32;

/** Expressions are not evaluated here, so what they say is not looked at. */
export function checkSelectors(
  selectors: readonly V1DeviceSelector[] | undefined,
  field: string,
  errors: Errors,
): void {
  checkList(selectors, SELECTORS_MAX, field, errors, ({ cel }, place) => {
    if (cel === undefined) errors.push(required(`${place}.cel`));
    else if (utf8Length(maybe(cel.expression) ?? '') > EXPRESSION_BYTES_MAX)
      errors.push(tooLong(`${place}.cel.expression`, EXPRESSION_BYTES_MAX));
  });
}

export function checkConfiguration(
  opaque: V1OpaqueDeviceConfiguration | undefined,
  field: string,
  errors: Errors,
): void {
  if (opaque === undefined) {
    errors.push(required(`${field}.opaque`));
    return;
  }
  checkDriverName(opaque.driver, `${field}.opaque.driver`, errors);
  checkRaw(opaque.parameters, `${field}.opaque.parameters`, errors);
}

function checkRaw(value: unknown, field: string, errors: Errors): void {
  if (value === undefined || value === null) errors.push(required(field));
  else if (utf8Length(JSON.stringify(value)) > PARAMETERS_BYTES_MAX)
    errors.push(tooLong(field, PARAMETERS_BYTES_MAX));
  else if (typeof value !== 'object' || Array.isArray(value))
    errors.push(invalid(field, '<value omitted>', 'must be a valid JSON object'));
}

export const TAINT_EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const OPERATORS = ['Equal', 'Exists'];

export function checkDeviceToleration(
  { key = '', operator = '', value = '', effect = '' }: V1DeviceToleration,
  field: string,
  errors: Errors,
): void {
  if (key !== '') checkProblems(labelKeyProblems(key), `${field}.key`, key, errors);
  const place = `${field}.operator`;
  if (operator === '') errors.push(required(place));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(place, operator, OPERATORS));
  else if (operator === 'Equal')
    checkProblems(labelValueProblems(value), `${field}.value`, value, errors);
  else if (value !== '')
    errors.push(invalid(`${field}.value`, value, 'must be empty for operator `Exists`'));
  if (effect !== '' && !TAINT_EFFECTS.includes(effect))
    errors.push(notSupported(`${field}.effect`, effect, TAINT_EFFECTS));
}

/** `[DOMAIN/]IDENTIFIER`: attributes and capacities. */
export function checkQualifiedName(name: string, field: string, errors: Errors): void {
  const parts = name.split('/');
  // Names with more slashes are let through by Kubernetes too.
  if (parts.length > 2) return;
  const [domain, id = domain ?? ''] = parts;
  if (parts.length === 2) {
    if (domain === '') errors.push(invalid(field, '', 'the domain must not be empty'));
    else checkDriverName(domain, field, errors);
    if (id === '') {
      errors.push(invalid(field, '', 'the name must not be empty'));
      return;
    }
  }
  if (id.length > IDENTIFIER_MAX) errors.push(tooLong(field, IDENTIFIER_MAX));
  checkProblems(cIdentifierProblems(id), field, id, errors);
}

export function checkFullyQualifiedName(name: string, field: string, errors: Errors): void {
  checkQualifiedName(name, field, errors);
  if (name.includes('/')) return;
  const text = 'a fully qualified name must be a domain and a name separated by a slash';
  errors.push(invalid(field, name, text));
}

const POOL_NAME_MAX = 253;

/** Subdomains with slashes between them. */
export function checkPoolName(name: string | undefined, field: string, errors: Errors): void {
  const text = name ?? '';
  if (text === '') {
    errors.push(required(field));
    return;
  }
  if (text.length > POOL_NAME_MAX) errors.push(tooLong(field, POOL_NAME_MAX));
  for (const part of text.split('/'))
    checkProblems(dnsSubdomainProblems(part), field, part, errors);
}

const CONDITIONS_MAX = 4;

/** What must be true of a device, or must not, before a pod is bound: both or neither. */
export function checkBinding(
  conditions: readonly string[] | undefined,
  failures: readonly string[] | undefined,
  place: string,
  errors: Errors,
): void {
  const fields = [`${place}.bindingConditions`, `${place}.bindingFailureConditions`] as const;
  const [needed, fatal] = [listOf(conditions), listOf(failures)];
  for (const [list, field] of [
    [needed, fields[0]],
    [fatal, fields[1]],
  ] as const) {
    checkList(list, CONDITIONS_MAX, field, errors, (name, at) => {
      checkProblems(labelKeyProblems(name), at, name, errors);
    });
  }
  checkTwice(needed, [], fields[0], errors);
  checkTwice(fatal, needed, fields[1], errors);
  if (needed.length === 0 && fatal.length > 0) {
    const text = 'bindingConditions are required to use bindingFailureConditions';
    errors.push(invalid(fields[0], conditions ?? null, text));
  }
  if (fatal.length === 0 && needed.length > 0) {
    const text = 'bindingFailureConditions are required to use bindingConditions';
    errors.push(invalid(fields[1], failures ?? null, text));
  }
}

function checkTwice(
  names: readonly string[],
  others: readonly string[],
  field: string,
  errors: Errors,
): void {
  names.forEach((name, index) => {
    const place = `${field}[${String(index)}]`;
    if (names.indexOf(name) < index) errors.push(duplicate(place, name));
    if (!others.includes(name)) return;
    const text = 'bindingFailureConditions must not overlap with bindingConditions';
    errors.push(invalid(place, name, text));
  });
}
