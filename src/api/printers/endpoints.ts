import { listOf, maybe } from '../absent.js';
import type { V1Endpoints, V1EndpointSlice } from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, NAME, NONE, column, listWithMore, since } from './printer.js';

export const endpointsPrinter: Printer<V1Endpoints> = {
  columns: [NAME, column('Endpoints', 'string', 'The addresses and ports that are ready.'), AGE],
  cells: ({ metadata, subsets }, nowMs) => [
    metadata?.name ?? '',
    listOf(subsets).length === 0 ? NONE : listWithMore(listOf(subsets).flatMap(subsetAddresses)),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

/** Each address with each port; the bare address where the service has no ports. */
function subsetAddresses({
  addresses,
  ports,
}: NonNullable<V1Endpoints['subsets']>[number]): string[] {
  const ips = listOf(addresses).map((each) => maybe(each.ip) ?? '');
  if (listOf(ports).length === 0) return ips;
  return listOf(ports).flatMap(({ port }) => ips.map((ip) => joinHostPort(ip, maybe(port) ?? 0)));
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}

export const endpointSlicePrinter: Printer<V1EndpointSlice> = {
  columns: [
    NAME,
    column('AddressType', 'string', 'What its addresses are: IPv4, IPv6 or FQDN.'),
    column('Ports', 'string', 'The ports of its endpoints.'),
    column('Endpoints', 'string', 'The addresses of its endpoints.'),
    AGE,
  ],
  cells: ({ metadata, addressType, ports, endpoints }, nowMs) => [
    metadata?.name ?? '',
    maybe(addressType) ?? '',
    orUnset(listWithMore(listOf(ports).map(portText))),
    orUnset(listWithMore(listOf(endpoints).flatMap((each) => listOf(each.addresses)))),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

function portText({ port, name }: { readonly port?: number; readonly name?: string }): string {
  return port === undefined ? (name ?? '*') : String(port);
}

function orUnset(text: string): string {
  return text === '' ? '<unset>' : text;
}
