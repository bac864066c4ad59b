import { isUnset, listOf, maybe } from '../absent.js';
import type {
  ResourceV1ResourceClaim,
  V1DeviceClaim,
  V1DeviceClass,
  V1DeviceConstraint,
  V1DeviceRequest,
  V1DeviceSubRequest,
  V1ResourceClaimTemplate,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import {
  CONFIG_MAX,
  checkConfiguration,
  checkDeviceToleration,
  checkFullyQualifiedName,
  checkList,
  checkSelectors,
  checkSet,
} from './devices.js';
import { invalid, notSupported, required } from './field-error.js';
import { checkLabels } from './label-selector.js';
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems } from './names.js';
import { checkAnnotations } from './object-meta.js';

const REQUESTS_MAX = 32;
const CONSTRAINTS_MAX = 32;
const ALTERNATIVES_MAX = 8;

/** resource ValidateResourceClaim. */
export function checkResourceClaim(claim: ResourceV1ResourceClaim, errors: Errors): void {
  checkDeviceClaim(maybe(claim.spec)?.devices, 'spec.devices', errors);
}

export function checkResourceClaimUpdate(
  claim: ResourceV1ResourceClaim,
  old: ResourceV1ResourceClaim,
  errors: Errors,
): void {
  checkImmutable(claim.spec, old.spec, 'spec', errors);
}

/** resource ValidateResourceClaimTemplate. */
export function checkResourceClaimTemplate(
  template: V1ResourceClaimTemplate,
  errors: Errors,
): void {
  const spec = maybe(template.spec);
  checkLabels(spec?.metadata?.labels, 'spec.metadata.labels', errors);
  checkAnnotations(spec?.metadata?.annotations, 'spec.metadata.annotations', errors);
  checkDeviceClaim(maybe(spec?.spec)?.devices, 'spec.spec.devices', errors);
}

export function checkResourceClaimTemplateUpdate(
  template: V1ResourceClaimTemplate,
  old: V1ResourceClaimTemplate,
  errors: Errors,
): void {
  checkImmutable(template.spec, old.spec, 'spec', errors);
}

function checkDeviceClaim(claim: V1DeviceClaim | undefined, field: string, errors: Errors): void {
  const requests = listOf(claim?.requests);
  const nameOf = ({ name }: V1DeviceRequest): string => maybe(name) ?? '';
  checkSet(requests, REQUESTS_MAX, `${field}.requests`, errors, nameOf, (request, place) => {
    checkRequest(request, place, errors);
  });
  const names = requestNames(requests);
  checkList(claim?.constraints, CONSTRAINTS_MAX, `${field}.constraints`, errors, (each, place) => {
    checkConstraint(each, names, place, errors);
  });
  checkList(claim?.config, CONFIG_MAX, `${field}.config`, errors, (each, place) => {
    checkReferences(each.requests, names, `${place}.requests`, errors);
    checkConfiguration(each.opaque, place, errors);
  });
}

/** `REQUEST` and `REQUEST/ALTERNATIVE`. */
export function requestNames(requests: readonly V1DeviceRequest[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, firstAvailable } of requests) {
    names.add(name);
    for (const each of listOf(firstAvailable)) names.add(`${name}/${each.name}`);
  }
  return names;
}

function checkRequest(request: V1DeviceRequest, place: string, errors: Errors): void {
  const { exactly, firstAvailable } = request;
  checkRequestName(request.name, `${place}.name`, errors);
  const hasAlternatives = listOf(firstAvailable).length > 0;
  const text = 'exactly one of `exactly` or `firstAvailable` is required';
  if (exactly === undefined) {
    if (!hasAlternatives) errors.push(required(place, text));
  } else if (hasAlternatives) {
    errors.push(invalid(place, null, `${text}, but multiple fields are set`));
    return;
  } else checkAsked(exactly, `${place}.exactly`, errors);
  const field = `${place}.firstAvailable`;
  const nameOf = ({ name }: V1DeviceSubRequest): string => maybe(name) ?? '';
  checkSet(firstAvailable, ALTERNATIVES_MAX, field, errors, nameOf, (each, at) => {
    checkRequestName(each.name, `${at}.name`, errors);
    checkAsked(each, at, errors);
  });
}

function checkRequestName(name: string | undefined, field: string, errors: Errors): void {
  checkProblems(dnsLabelProblems(name), field, name ?? '', errors);
}

const MODES = ['All', 'ExactCount'];

type Asked = Omit<V1DeviceSubRequest, 'name'>;

function checkAsked(asked: Asked, place: string, errors: Errors): void {
  const { deviceClassName, allocationMode = '', count = 0 } = asked;
  const field = `${place}.deviceClassName`;
  if (isUnset(deviceClassName)) errors.push(required(field));
  else checkProblems(dnsSubdomainProblems(deviceClassName), field, deviceClassName, errors);
  checkSelectors(asked.selectors, `${place}.selectors`, errors);
  if (!MODES.includes(allocationMode))
    errors.push(notSupported(`${place}.allocationMode`, allocationMode, MODES));
  else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(`${place}.count`, count, 'must be greater than zero'));
  } else if (count !== 0) {
    const text = "must not be specified when allocationMode is 'All'";
    errors.push(invalid(`${place}.count`, count, text));
  }
  listOf(asked.tolerations).forEach((toleration, index) => {
    checkDeviceToleration(toleration, `${place}.tolerations[${String(index)}]`, errors);
  });
}

function checkConstraint(
  constraint: V1DeviceConstraint,
  names: ReadonlySet<string>,
  place: string,
  errors: Errors,
): void {
  checkReferences(constraint.requests, names, `${place}.requests`, errors);
  for (const name of ['matchAttribute', 'distinctAttribute'] as const) {
    const attribute = constraint[name];
    if (attribute === undefined) continue;
    checkFullyQualifiedName(attribute, `${place}.${name}`, errors);
    return;
  }
  // Kubernetes says so of none too.
  const text =
    'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  errors.push(required(place, text));
}

function checkReferences(
  requests: readonly string[] | undefined,
  names: ReadonlySet<string>,
  field: string,
  errors: Errors,
): void {
  checkSet(
    requests,
    REQUESTS_MAX,
    field,
    errors,
    (name) => name,
    (name, place) => {
      checkReference(name, names, place, errors);
    },
  );
}

export function checkReference(
  name: string,
  names: ReadonlySet<string>,
  field: string,
  errors: Errors,
): void {
  const parts = name.split('/');
  if (parts.length <= 2)
    for (const part of parts) checkProblems(dnsLabelProblems(part), field, part, errors);
  if (names.has(name)) return;
  const text =
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
  errors.push(invalid(field, name, text));
}

/** resource ValidateDeviceClass. */
export function checkDeviceClass(deviceClass: V1DeviceClass, errors: Errors): void {
  const spec = maybe(deviceClass.spec);
  checkSelectors(spec?.selectors, 'spec.selectors', errors);
  checkList(spec?.config, CONFIG_MAX, 'spec.config', errors, ({ opaque }, place) => {
    checkConfiguration(opaque, place, errors);
  });
  const extended = spec?.extendedResourceName;
  if (extended === undefined || isExtendedResource(extended)) return;
  const text = 'must be a valid extended resource name';
  errors.push(invalid('spec.extendedResourceName', extended, text));
}

/** Of a vendor's domain; a quota asks for it with a prefix. */
function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.includes('kubernetes.io/')) return false;
  return !name.startsWith('requests.') && labelKeyProblems(`requests.${name}`).length === 0;
}
