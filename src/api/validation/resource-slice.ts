import { entriesOf, isUnset, listOf, maybe } from '../absent.js';
import type {
  V1Counter,
  V1Device,
  V1DeviceAttribute,
  V1DeviceTaint,
  V1ResourcePool,
  V1ResourceSlice,
  V1ResourceSliceSpec,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { checkDriverName } from './csi-driver.js';
import {
  TAINT_EFFECTS,
  checkBinding,
  checkList,
  checkPoolName,
  checkQualifiedName,
  checkSet,
} from './devices.js';
import { forbidden, invalid, notSupported, required, tooLong, tooMany } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
} from './names.js';
import { utf8Length } from './object-meta.js';
import { checkNodeSelector } from './scheduling.js';

const DEVICES_MAX = 128;
/** With taints, or with counters that are shared. */
const SPECIAL_DEVICES_MAX = 64;
const COUNTER_SETS_MAX = 8;
const COUNTERS_MAX = 32;
const CONSUMED_SETS_MAX = 2;
const ATTRIBUTES_MAX = 32;
const TAINTS_MAX = 16;
const VALUE_BYTES_MAX = 64;

/** resource ValidateResourceSlice. */
export function checkResourceSlice(slice: V1ResourceSlice, errors: Errors): void {
  checkSpec(maybe(slice.spec), undefined, errors);
}

export function checkResourceSliceUpdate(
  slice: V1ResourceSlice,
  old: V1ResourceSlice,
  errors: Errors,
): void {
  checkSpec(maybe(slice.spec), maybe(old.spec), errors);
}

type Spec = Partial<V1ResourceSliceSpec>;

function checkSpec(spec: Spec = {}, old: Spec | undefined, errors: Errors): void {
  checkDriverName(spec.driver, 'spec.driver', errors);
  checkPool(maybe(spec.pool), 'spec.pool', errors);
  if (old !== undefined) {
    checkImmutable(spec.pool?.name, old.pool?.name, 'spec.pool.name', errors);
    checkImmutable(spec.driver, old.driver, 'spec.driver', errors);
    checkImmutable(spec.nodeName, old.nodeName, 'spec.nodeName', errors);
  }
  checkWhere(spec, errors);
  if (spec.sharedCounters !== undefined && spec.devices !== undefined)
    errors.push(invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  checkDevices(spec, old, errors);
  const counterSets = spec.sharedCounters;
  const nameOf = ({ name }: { name: string }): string => maybe(name) ?? '';
  const field = 'spec.sharedCounters';
  checkSet(counterSets, COUNTER_SETS_MAX, field, errors, nameOf, ({ name, counters }, at) => {
    checkCounters('name', name, counters, at, errors);
  });
}

function checkPool(pool: V1ResourcePool | undefined, field: string, errors: Errors): void {
  checkPoolName(pool?.name, `${field}.name`, errors);
  const { resourceSliceCount: count = 0, generation = 0 }: Partial<V1ResourcePool> = pool ?? {};
  if (count <= 0)
    errors.push(invalid(`${field}.resourceSliceCount`, count, 'must be greater than zero'));
  if (generation >= 0) return;
  const text = 'must be greater than or equal to zero';
  errors.push(invalid(`${field}.generation`, generation, text));
}

const UNSET_OR_TRUE = 'must be either unset or set to true';

/** Which nodes reach the devices is said in one way. */
function checkWhere(spec: Spec, errors: Errors): void {
  const given: string[] = [];
  const { nodeName, nodeSelector } = spec;
  if (nodeName === '') {
    const text = 'must be either unset or set to a non-empty string';
    errors.push(invalid('spec.nodeName', nodeName, text));
  } else if (nodeName !== undefined) {
    given.push('`nodeName`');
    checkProblems(dnsSubdomainProblems(nodeName), 'spec.nodeName', nodeName, errors);
  }
  if (nodeSelector !== undefined) {
    given.push('`nodeSelector`');
    checkNodeSelector(nodeSelector, 'spec.nodeSelector', errors);
    const terms = listOf(nodeSelector.nodeSelectorTerms);
    if (terms.length !== 1) {
      const text = 'must have exactly one node selector term';
      errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', terms, text));
    }
  }
  for (const name of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[name] === true) given.push(`\`${name}\``);
    else if (spec[name] === false) errors.push(invalid(`spec.${name}`, false, UNSET_OR_TRUE));
  }
  const text =
    'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (given.length === 0) errors.push(required('spec', text));
  if (given.length <= 1) return;
  errors.push(invalid('spec', `{${given.join(', ')}}`, `${text}, but multiple fields are set`));
}

function checkDevices(spec: Spec, old: Spec | undefined, errors: Errors): void {
  const devices = listOf(spec.devices);
  const isSpecial = devices.some(
    ({ taints, consumesCounters }) => listOf(taints).length + listOf(consumesCounters).length > 0,
  );
  const countMax = isSpecial ? SPECIAL_DEVICES_MAX : DEVICES_MAX;
  const nameOf = ({ name }: V1Device): string => maybe(name) ?? '';
  checkSet(devices, countMax, 'spec.devices', errors, nameOf, (device, at) => {
    const before = listOf(old?.devices).find(({ name }) => name === device.name);
    checkDevice(device, before, at, errors);
    checkDeviceWhere(device, spec.perDeviceNodeSelection === true, at, errors);
    checkBinding(device.bindingConditions, device.bindingFailureConditions, at, errors);
  });
}

function checkDevice(
  device: V1Device,
  old: V1Device | undefined,
  at: string,
  errors: Errors,
): void {
  checkProblems(dnsLabelProblems(device.name), `${at}.name`, maybe(device.name) ?? '', errors);
  const attributes = entriesOf(device.attributes);
  const capacities = entriesOf(device.capacity);
  const count = attributes.length + capacities.length;
  if (count > ATTRIBUTES_MAX) {
    const text = `the total number of attributes and capacities must not exceed ${String(ATTRIBUTES_MAX)}`;
    errors.push(invalid(at, count, text));
  }
  for (const [name, attribute] of attributes) {
    checkQualifiedName(name, `${at}.attributes[${name}]`, errors);
    checkAttribute(attribute, `${at}.attributes[${name}]`, errors);
  }
  for (const [name, { requestPolicy }] of capacities) {
    const field = `${at}.capacity[${name}]`;
    checkQualifiedName(name, field, errors);
    if (requestPolicy === undefined || device.allowMultipleAllocations === true) continue;
    errors.push(forbidden(`${field}.requestPolicy`, 'allowMultipleAllocations must be true'));
  }
  if (old === undefined || !semanticEqual(device.taints, old.taints)) {
    checkList(device.taints, TAINTS_MAX, `${at}.taints`, errors, (taint, place) => {
      checkTaint(taint, place, errors);
    });
  }
  const field = `${at}.consumesCounters`;
  const setOf = ({ counterSet }: { counterSet: string }): string => maybe(counterSet) ?? '';
  checkSet(device.consumesCounters, CONSUMED_SETS_MAX, field, errors, setOf, (each, place) => {
    checkCounters('counterSet', each.counterSet, each.counters, place, errors);
  });
}

const SEMANTIC_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
/** Numbers within a pre-release have no zeros in front. */
const PADDED_NUMBER = /^[^-+]*-([^+]*\.)?0\d+(\.|\+|$)/;

function checkAttribute(attribute: V1DeviceAttribute, field: string, errors: Errors): void {
  const { string: text, version } = attribute;
  if (text !== undefined && utf8Length(text) > VALUE_BYTES_MAX)
    errors.push(tooLong(`${field}.string`, VALUE_BYTES_MAX));
  if (version !== undefined) {
    if (!SEMANTIC_VERSION.test(version) || PADDED_NUMBER.test(version)) {
      const problem = 'must be a string compatible with semver.org spec 2.0.0';
      errors.push(invalid(`${field}.version`, version, problem));
    }
    if (utf8Length(version) > VALUE_BYTES_MAX)
      errors.push(tooLong(`${field}.version`, VALUE_BYTES_MAX));
  }
  const count = Object.values(attribute).filter((value) => value !== undefined).length;
  if (count === 1) return;
  const bad = count === 0 ? '' : attribute;
  errors.push(invalid(field, bad, 'exactly one value must be specified'));
}

function checkTaint(taint: V1DeviceTaint, field: string, errors: Errors): void {
  const { value = '', effect } = taint;
  const key = maybe(taint.key) ?? '';
  checkProblems(labelKeyProblems(key), `${field}.key`, key, errors);
  checkProblems(labelValueProblems(value), `${field}.value`, value, errors);
  if (isUnset(effect)) errors.push(required(`${field}.effect`));
  else if (!TAINT_EFFECTS.includes(effect))
    errors.push(notSupported(`${field}.effect`, effect, TAINT_EFFECTS));
}

/** A set of counters, or what a device takes of one. `named` is the field that says which. */
function checkCounters(
  named: string,
  name: string | undefined,
  counters: Readonly<Record<string, V1Counter>> | undefined,
  at: string,
  errors: Errors,
): void {
  if (isUnset(name)) errors.push(required(`${at}.${named}`));
  else checkProblems(dnsLabelProblems(name), `${at}.${named}`, name, errors);
  const entries = entriesOf(counters);
  const field = `${at}.counters`;
  if (entries.length === 0) errors.push(required(field));
  else if (entries.length > COUNTERS_MAX) errors.push(tooMany(field, entries.length, COUNTERS_MAX));
  else
    for (const [key] of entries)
      checkProblems(dnsLabelProblems(key), `${field}[${key}]`, key, errors);
}

function checkDeviceWhere(
  { nodeName, nodeSelector, allNodes }: V1Device,
  perDevice: boolean,
  at: string,
  errors: Errors,
): void {
  if (!perDevice) {
    if (nodeName === undefined && nodeSelector === undefined && allNodes === undefined) return;
    const text =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    errors.push(invalid(at, null, text));
    return;
  }
  const given: string[] = [];
  if (nodeName === '') errors.push(invalid(`${at}.nodeName`, '', 'must not be empty'));
  else if (nodeName !== undefined) {
    given.push('`nodeName`');
    checkProblems(dnsSubdomainProblems(nodeName), `${at}.nodeName`, nodeName, errors);
  }
  if (nodeSelector !== undefined) {
    given.push('`nodeSelector`');
    checkNodeSelector(nodeSelector, `${at}.nodeSelector`, errors);
  }
  if (allNodes === true) given.push('`allNodes`');
  else if (allNodes === false) errors.push(invalid(`${at}.allNodes`, false, UNSET_OR_TRUE));
  const text =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (given.length === 0) errors.push(required(at, text));
  if (given.length > 1) errors.push(invalid(at, `{${given.join(', ')}}`, text));
}
