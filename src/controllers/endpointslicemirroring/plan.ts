import type {
  CoreV1EndpointPort,
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1EndpointAddress,
  V1Endpoints,
  V1Service,
} from '../../api/index.js';
import type { AddressType, EndpointGroup } from '../endpointslice/endpoints-of-service.js';
import { groupKey } from '../endpointslice/endpoints-of-service.js';

const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** As --mirroring-max-endpoints-per-subset; the rest is left out. */
const ADDRESSES_MAX = 1_000;

/** Whether somebody keeps these Endpoints by hand: for a Service that selects no pods. */
export function isMirrored(endpoints: V1Endpoints, service: V1Service | undefined): boolean {
  const { labels, annotations, deletionTimestamp } = endpoints.metadata ?? {};
  if (labels?.[SKIP] === 'true' || annotations?.[LEADER] !== undefined) return false;
  if (service === undefined || deletionTimestamp !== undefined) return false;
  return service.spec?.selector === undefined;
}

/** The endpoints that the slices of these Endpoints are to have: by address family and ports. */
export function mirroredGroups({ subsets = [] }: V1Endpoints): readonly EndpointGroup[] {
  const groups = new Map<string, EndpointGroup & { endpoints: V1Endpoint[] }>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const found = [
      ...addresses.map((address) => mirroredEndpoint(address, true)),
      ...notReadyAddresses.map((address) => mirroredEndpoint(address, false)),
    ];
    for (const endpoint of found.slice(0, ADDRESSES_MAX)) {
      const addressType: AddressType = endpoint.addresses[0]?.includes(':') ? 'IPv6' : 'IPv4';
      const own = ports.map(mirroredPort);
      const key = groupKey(addressType, own);
      const group = groups.get(key) ?? { addressType, ports: own, endpoints: [] };
      groups.set(key, group);
      group.endpoints.push(endpoint);
    }
  }
  return [...groups.values()];
}

function mirroredEndpoint(address: V1EndpointAddress, ready: boolean): V1Endpoint {
  const { ip, hostname, nodeName, targetRef } = address;
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function mirroredPort(port: CoreV1EndpointPort): DiscoveryV1EndpointPort {
  return {
    name: port.name ?? '',
    port: port.port,
    protocol: port.protocol ?? 'TCP',
    ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
  };
}
