import type {
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1Pod,
  V1Service,
  V1ServicePort,
} from '../../api/index.js';
import { hasPodEnded, isPodReady } from '../pod-state.js';

export type AddressType = 'IPv4' | 'IPv6';

/** Endpoints that share their ports: they can be in one slice. */
export interface EndpointGroup {
  readonly addressType: AddressType;
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: readonly V1Endpoint[];
}

/** The endpoints that a Service should have: those of its pods that have an address. Sorted, so that nothing changes in vain. */
export function endpointsOfService(
  service: V1Service,
  pods: readonly V1Pod[],
): readonly EndpointGroup[] {
  const groups = new Map<
    string,
    { addressType: AddressType; ports: DiscoveryV1EndpointPort[]; endpoints: V1Endpoint[] }
  >();
  const families = service.spec?.ipFamilies ?? [];
  const types: AddressType[] =
    families.length === 0
      ? ['IPv4']
      : families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
  const sorted = [...pods].sort((a, b) =>
    (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1,
  );
  for (const addressType of types) {
    for (const pod of sorted) {
      const endpoint = endpointOf(service, pod, addressType);
      if (endpoint === undefined) continue;
      const ports = portsOf(service, pod);
      const key = groupKey(addressType, ports);
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpoint);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/** Equal for slices that can hold the same endpoints. */
export function groupKey(addressType: string, ports: readonly DiscoveryV1EndpointPort[]): string {
  const rows = ports.map(({ name = '', protocol = '', port = 0, appProtocol = '' }) =>
    [name, protocol, port, appProtocol].join('/'),
  );
  return `${addressType} ${rows.sort().join(',')}`;
}

function endpointOf(
  service: V1Service,
  pod: V1Pod,
  addressType: AddressType,
): V1Endpoint | undefined {
  const address = addressOf(pod, addressType);
  if (address === undefined || hasPodEnded(pod)) return undefined;
  const { name = '', namespace = '', uid = '', deletionTimestamp } = pod.metadata ?? {};
  const { hostname, nodeName, subdomain } = pod.spec ?? {};
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const published = service.spec?.publishNotReadyAddresses === true;
  return {
    addresses: [address],
    conditions: { ready: published || (serving && !terminating), serving, terminating },
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(hostname !== undefined && subdomain === service.metadata?.name ? { hostname } : {}),
  };
}

function addressOf(pod: V1Pod, addressType: AddressType): string | undefined {
  const addresses = [...(pod.status?.podIPs ?? []).map(({ ip }) => ip), pod.status?.podIP ?? ''];
  return addresses.find((ip) => ip !== '' && (ip.includes(':') ? 'IPv6' : 'IPv4') === addressType);
}

function portsOf(service: V1Service, pod: V1Pod): DiscoveryV1EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    const { appProtocol, name = '', protocol = 'TCP' } = port;
    return [
      { name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) },
    ];
  });
}

/** A number as it is; a name is looked up among the pod's container ports; undefined: this pod has no such port. */
function targetPort(
  { port, protocol = 'TCP', targetPort: target }: V1ServicePort,
  pod: V1Pod,
): number | undefined {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec?.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    const found = (container.ports ?? []).find(
      (each) => each.name === target && (each.protocol ?? 'TCP') === protocol,
    );
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}
