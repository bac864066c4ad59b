import { listOf } from '../absent.js';
import type { V1Service, V1ServicePort } from '../generated/types.js';
import type { Printer } from './printer.js';
import { AGE, NAME, NONE, UNKNOWN, column, labelsText, orNone, since } from './printer.js';

export const servicePrinter: Printer<V1Service> = {
  columns: [
    NAME,
    column('Type', 'string', 'How the service is exposed.'),
    column('Cluster-IP', 'string', 'Its address within the cluster.'),
    column('External-IP', 'string', 'Where it is reached from outside.'),
    column('Port(s)', 'string', 'Its ports, with their node ports and protocols.'),
    AGE,
    column('Selector', 'string', 'The labels of the pods behind it.', { wide: true }),
  ],
  cells: (service, nowMs) => {
    const { metadata, spec } = service;
    return [
      metadata?.name ?? '',
      spec?.type ?? '',
      orNone(spec?.clusterIPs?.[0] ?? spec?.clusterIP),
      externalAddress(service),
      orNone(listOf(spec?.ports).map(portText).join(',')),
      since(metadata?.creationTimestamp, nowMs),
      labelsText(spec?.selector),
    ];
  },
};

function portText({ port, nodePort = 0, protocol = 'TCP' }: V1ServicePort): string {
  const ports = nodePort === 0 ? String(port) : `${String(port)}:${String(nodePort)}`;
  return `${ports}/${protocol}`;
}

function externalAddress(service: V1Service): string {
  const { type, externalIPs, externalName } = service.spec ?? {};
  const external = listOf(externalIPs);
  switch (type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : NONE;
    case 'LoadBalancer': {
      const addresses = [...balancerAddresses(service), ...external];
      return addresses.length > 0 ? addresses.join(',') : '<pending>';
    }
    case 'ExternalName':
      return externalName ?? '';
    default:
      return UNKNOWN;
  }
}

function balancerAddresses(service: V1Service): string[] {
  const addresses = listOf(service.status?.loadBalancer?.ingress).map(({ ip, hostname }) =>
    ip !== undefined && ip !== '' ? ip : (hostname ?? ''),
  );
  return [...new Set(addresses)].filter((each) => each !== '').sort();
}
