import { isUnset, listOf, maybe } from '../absent.js';
import type {
  V1IngressClass,
  V1IPAddress,
  V1Ingress,
  V1NetworkPolicy,
  V1ParentReference,
  V1ServiceCIDR,
} from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, column, listWithMore, NAME, NONE, orNone, since } from './printer.js';
import { selectorText } from './template-cells.js';

const ADDRESS_WIDTH = 16;

export const ingressPrinter: Printer<V1Ingress> = {
  columns: [
    NAME,
    column('Class', 'string', 'The ingress class that it is of.'),
    column('Hosts', 'string', 'The hosts that it has rules for.'),
    column('Address', 'string', 'Where it is reached.'),
    column('Ports', 'string', '443 where it ends TLS.'),
    AGE,
  ],
  cells: ({ metadata, spec, status }, nowMs) => [
    metadata?.name ?? '',
    spec?.ingressClassName ?? NONE,
    hostsText(listOf(spec?.rules).map((each) => each.host ?? '')),
    addressText(
      listOf(status?.loadBalancer?.ingress).map((each) => each.ip ?? each.hostname ?? ''),
    ),
    listOf(spec?.tls).length > 0 ? '80, 443' : '80',
    since(metadata?.creationTimestamp, nowMs),
  ],
};

function hostsText(hosts: readonly string[]): string {
  const named = hosts.filter((host) => host !== '');
  return named.length === 0 ? '*' : listWithMore(named);
}

/** Each once; where it is long the first is enough. */
function addressText(addresses: readonly string[]): string {
  const text = [...new Set(addresses)].sort().join(',');
  return text.length > ADDRESS_WIDTH ? `${text.slice(0, ADDRESS_WIDTH)}...` : text;
}

export const ingressClassPrinter: Printer<V1IngressClass> = {
  columns: [
    NAME,
    column('Controller', 'string', 'Who serves ingresses of this class.'),
    column('Parameters', 'string', 'The object with its parameters.'),
    AGE,
  ],
  cells: ({ metadata, spec }, nowMs) => {
    const parameters = spec?.parameters;
    const kind = [parameters?.kind, parameters?.apiGroup].filter((each) => !isUnset(each));
    return [
      metadata?.name ?? '',
      spec?.controller ?? '',
      parameters === undefined ? NONE : `${kind.join('.')}/${parameters.name}`,
      since(metadata?.creationTimestamp, nowMs),
    ];
  },
};

export const networkPolicyPrinter: Printer<V1NetworkPolicy> = {
  columns: [NAME, column('Pod-Selector', 'string', 'The pods that it is for.'), AGE],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    selectorText(spec?.podSelector ?? {}),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

export const ipAddressPrinter: Printer<V1IPAddress> = {
  columns: [NAME, column('ParentRef', 'string', 'The object that has the address.'), AGE],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    orNone(parentText(maybe(maybe(spec)?.parentRef))),
    since(metadata?.creationTimestamp, nowMs),
  ],
};

/** `services/default/web`. */
function parentText(parent: V1ParentReference | undefined): string {
  if (parent === undefined) return '';
  const resource = isUnset(parent.group)
    ? parent.resource
    : `${parent.resource}.${parent.group ?? ''}`;
  return [resource, parent.namespace, parent.name].filter((each) => !isUnset(each)).join('/');
}

export const serviceCidrPrinter: Printer<V1ServiceCIDR> = {
  columns: [NAME, column('CIDRs', 'string', 'The addresses that Services get.'), AGE],
  cells: ({ metadata, spec }, nowMs) => [
    metadata?.name ?? '',
    listOf(spec?.cidrs).join(','),
    since(metadata?.creationTimestamp, nowMs),
  ],
};
