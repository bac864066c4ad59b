import { isUnset, listOf, maybe } from '../absent.js';
import type {
  CoreV1EndpointPort,
  V1EndpointSlice,
  V1Endpoints,
  V1EndpointSubset,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkOneOf, checkPortNumber, checkProblems } from './checks.js';
import { duplicate, invalid, notSupported, required, tooMany } from './field-error.js';
import { checkUnicastIp, parseIpv4, parseIpv6 } from './ip-address.js';
import { dnsLabelProblems, dnsSubdomainProblems } from './names.js';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function checkEndpoints(endpoints: V1Endpoints, errors: Errors): void {
  listOf(endpoints.subsets).forEach((subset, index) => {
    checkSubset(subset, `subsets[${String(index)}]`, errors);
  });
}

function checkSubset(subset: V1EndpointSubset, place: string, errors: Errors): void {
  const { addresses, notReadyAddresses, ports } = subset;
  if (listOf(addresses).length + listOf(notReadyAddresses).length === 0) {
    errors.push(required(place, 'must specify `addresses` or `notReadyAddresses`'));
  }
  for (const [name, list] of [
    ['addresses', addresses],
    ['notReadyAddresses', notReadyAddresses],
  ] as const) {
    listOf(list).forEach(({ ip, hostname = '' }, index) => {
      const at = `${place}.${name}[${String(index)}]`;
      checkUnicastIp(maybe(ip) ?? '', `${at}.ip`, errors);
      if (hostname !== '')
        checkProblems(dnsLabelProblems(hostname), `${at}.hostname`, hostname, errors);
    });
  }
  listOf(ports).forEach((port, index) => {
    checkEndpointPort(port, listOf(ports).length > 1, `${place}.ports[${String(index)}]`, errors);
  });
}

function checkEndpointPort(
  { name = '', port, protocol }: CoreV1EndpointPort,
  needsName: boolean,
  place: string,
  errors: Errors,
): void {
  if (name !== '') checkProblems(dnsLabelProblems(name), `${place}.name`, name, errors);
  else if (needsName) errors.push(required(`${place}.name`));
  checkPortNumber(port, `${place}.port`, errors);
  checkOneOf(protocol, PROTOCOLS, `${place}.protocol`, errors);
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;

export function checkEndpointSlice(slice: V1EndpointSlice, errors: Errors): void {
  checkOneOf(slice.addressType, ADDRESS_TYPES, 'addressType', errors);
  const endpoints = listOf(slice.endpoints);
  if (endpoints.length > ENDPOINTS_MAX) {
    errors.push(tooMany('endpoints', endpoints.length, ENDPOINTS_MAX));
    return;
  }
  endpoints.forEach((endpoint, index) => {
    const place = `endpoints[${String(index)}]`;
    const { hostname } = endpoint;
    checkAddresses(listOf(endpoint.addresses), slice.addressType, `${place}.addresses`, errors);
    if (hostname !== undefined) {
      checkProblems(dnsLabelProblems(hostname), `${place}.hostname`, hostname, errors);
    }
  });
  checkSlicePorts(slice, errors);
}

export function checkEndpointSliceUpdate(
  slice: V1EndpointSlice,
  old: V1EndpointSlice,
  errors: Errors,
): void {
  checkEndpointSlice(slice, errors);
  checkImmutable(slice.addressType, old.addressType, 'addressType', errors);
}

function checkAddresses(
  addresses: readonly string[],
  type: string,
  field: string,
  errors: Errors,
): void {
  if (addresses.length === 0) errors.push(required(field, 'must contain at least 1 address'));
  if (addresses.length > ADDRESSES_MAX)
    errors.push(tooMany(field, addresses.length, ADDRESSES_MAX));
  addresses.forEach((address, index) => {
    const place = `${field}[${String(index)}]`;
    if (type === 'FQDN') checkProblems(dnsSubdomainProblems(address), place, address, errors);
    else if (type === 'IPv4' && parseIpv4(address) === undefined) {
      errors.push(invalid(place, address, 'must be an IPv4 address'));
    } else if (type === 'IPv6' && parseIpv6(address) === undefined) {
      errors.push(invalid(place, address, 'must be an IPv6 address'));
    } else checkUnicastIp(address, place, errors);
  });
}

function checkSlicePorts(slice: V1EndpointSlice, errors: Errors): void {
  const ports = listOf(slice.ports);
  if (ports.length > PORTS_MAX) {
    errors.push(tooMany('ports', ports.length, PORTS_MAX));
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol }, index) => {
    const place = `ports[${String(index)}]`;
    if (name !== '') checkProblems(dnsLabelProblems(name), `${place}.name`, name, errors);
    if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
    names.add(name);
    if (isUnset(protocol)) errors.push(required(`${place}.protocol`));
    else if (!PROTOCOLS.includes(protocol ?? '')) {
      errors.push(notSupported(`${place}.protocol`, protocol, PROTOCOLS));
    }
  });
}
