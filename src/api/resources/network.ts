import { EVENT_V1 } from '../versions/index.js';
import type { Row } from './row.js';
import { clusterWide, namespaced, STATUS } from './row.js';

const COORDINATION = { group: 'coordination.k8s.io', version: 'v1' };
const DISCOVERY = { group: 'discovery.k8s.io', version: 'v1' };
const EVENTS = { group: 'events.k8s.io', version: 'v1' };
const NETWORKING = { group: 'networking.k8s.io', version: 'v1' };

/** How pods are reached, by whom, who leads among them, and what happened. */
export const NETWORK_ROWS: readonly Row[] = [
  clusterWide(NETWORKING, 'ingressclasses', 'IngressClass'),
  namespaced(NETWORKING, 'ingresses', 'Ingress', {
    shortNames: ['ing'],
    subresources: [STATUS],
    storagePrefix: '/registry/ingress',
  }),
  clusterWide(NETWORKING, 'ipaddresses', 'IPAddress', { shortNames: ['ip'] }),
  namespaced(NETWORKING, 'networkpolicies', 'NetworkPolicy', { shortNames: ['netpol'] }),
  clusterWide(NETWORKING, 'servicecidrs', 'ServiceCIDR', { subresources: [STATUS] }),
  namespaced(COORDINATION, 'leases', 'Lease'),
  namespaced(DISCOVERY, 'endpointslices', 'EndpointSlice'),
  namespaced(EVENTS, 'events', 'Event', {
    shortNames: ['ev'],
    model: 'EventsV1Event',
    storedAs: EVENT_V1,
  }),
];
