import { isUnset, listOf, maybe } from '../absent.js';
import type { V1IPAddress, V1ServiceCIDR } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkProblems } from './checks.js';
import { invalid, required } from './field-error.js';
import { isCidr } from './ip-address.js';
import { dnsSubdomainProblems, pathSegmentProblems } from './names.js';
import { strictCidrProblems } from './strict-ip.js';

/** networking ValidateServiceCIDR: one of each family. Errors of the number show the whole spec. */
export function checkServiceCidr({ spec }: V1ServiceCIDR, errors: Errors): void {
  const cidrs = listOf(spec?.cidrs);
  const field = 'spec.cidrs';
  if (cidrs.length === 0) errors.push(required(field, 'at least one CIDR required'));
  else if (cidrs.length > 2) errors.push(invalid(field, spec, 'may only hold up to 2 values'));
  else if (cidrs.length === 2 && !isDualStack(cidrs)) {
    const text =
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalid(field, spec, text));
  } else {
    cidrs.forEach((cidr, index) => {
      checkProblems(strictCidrProblems(cidr), `${field}[${String(index)}]`, cidr, errors);
    });
  }
}

function isDualStack(cidrs: readonly string[]): boolean {
  return cidrs.every(isCidr) && new Set(cidrs.map((cidr) => cidr.includes(':'))).size === 2;
}

export function checkServiceCidrUpdate(
  { spec }: V1ServiceCIDR,
  old: V1ServiceCIDR,
  errors: Errors,
): void {
  checkImmutable(spec?.cidrs, old.spec?.cidrs, 'spec.cidrs', errors);
}

/** networking ValidateIPAddress: its name says the address, its parent who has it. */
export function checkIpAddress({ spec }: V1IPAddress, errors: Errors): void {
  const place = 'spec.parentRef';
  const parent = maybe(spec)?.parentRef;
  if (parent === undefined) {
    errors.push(required(place));
    return;
  }
  const { group } = parent;
  if (!isUnset(group)) checkProblems(dnsSubdomainProblems(group), `${place}.group`, group, errors);
  for (const name of ['resource', 'name', 'namespace'] as const) {
    const text = maybe(parent[name]) ?? '';
    const field = `${place}.${name}`;
    if (text !== '') checkProblems(pathSegmentProblems(text), field, text, errors);
    else if (name !== 'namespace') errors.push(required(field));
  }
}

export function checkIpAddressUpdate(
  { spec }: V1IPAddress,
  old: V1IPAddress,
  errors: Errors,
): void {
  checkImmutable(maybe(spec)?.parentRef, maybe(old.spec)?.parentRef, 'spec.parentRef', errors);
}
