import type {
  DiscoveryV1EndpointPort,
  V1Endpoint,
  V1EndpointSlice,
  V1Service,
  V1ServicePort,
} from '../api/index.js';
import type { Backend, RuleTable, ServiceRule } from './rules.js';

const AFFINITY_SECONDS = 10_800;

/**
 * Services and EndpointSlices to rules, for one node. Pure. Follows kube-proxy: ready endpoints; where none is ready,
 * those that terminate but still serve; the Local policies keep to this node.
 */
export function planRules(
  services: readonly V1Service[],
  slices: readonly V1EndpointSlice[],
  nodeName: string,
): RuleTable {
  const slicesOf = new Map<string, V1EndpointSlice[]>();
  for (const slice of slices) {
    const key = `${slice.metadata?.namespace ?? ''}/${slice.metadata?.labels?.['kubernetes.io/service-name'] ?? ''}`;
    const known = slicesOf.get(key);
    if (known === undefined) slicesOf.set(key, [slice]);
    else known.push(slice);
  }
  return services
    .filter(isProxied)
    .flatMap((service) => {
      const key = `${service.metadata?.namespace ?? ''}/${service.metadata?.name ?? ''}`;
      return (service.spec?.ports ?? []).map((port) =>
        rule(key, service, port, slicesOf.get(key) ?? [], nodeName),
      );
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Headless Services and ExternalNames are DNS's business. */
function isProxied({ spec }: V1Service): boolean {
  const clusterIp = spec?.clusterIP ?? '';
  return spec?.type !== 'ExternalName' && clusterIp !== '' && clusterIp !== 'None';
}

function rule(
  key: string,
  { spec, status }: V1Service,
  port: V1ServicePort,
  slices: readonly V1EndpointSlice[],
  nodeName: string,
): ServiceRule {
  const candidates = slices.flatMap((slice) => endpointsOf(slice, port, nodeName));
  const internalLocal = spec?.internalTrafficPolicy === 'Local';
  const externalPolicy = spec?.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster';
  const isSticky = spec?.sessionAffinity === 'ClientIP';
  return {
    name: (port.name ?? '') === '' ? key : `${key}:${port.name ?? ''}`,
    protocol: (port.protocol ?? 'TCP') as ServiceRule['protocol'],
    clusterIPs: spec?.clusterIPs ?? [spec?.clusterIP ?? ''],
    externalIPs: spec?.externalIPs ?? [],
    loadBalancerIPs: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
    port: port.port,
    nodePort: port.nodePort,
    affinitySeconds: isSticky
      ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS)
      : undefined,
    backends: usable(candidates, internalLocal),
    externalBackends: usable(candidates, externalPolicy === 'Local'),
    externalPolicy,
  };
}

interface Candidate {
  readonly backend: Backend;
  readonly ready: boolean;
  /** It terminates, and still serves. */
  readonly leaving: boolean;
}

function usable(candidates: readonly Candidate[], localOnly: boolean): Backend[] {
  const reachable = localOnly ? candidates.filter(({ backend }) => backend.local) : candidates;
  const ready = reachable.filter((candidate) => candidate.ready);
  const chosen = ready.length > 0 ? ready : reachable.filter((candidate) => candidate.leaving);
  const byAddress = new Map(
    chosen.map(({ backend }) => [`${backend.ip}:${backend.port}`, backend]),
  );
  return [...byAddress.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, backend]) => backend);
}

function endpointsOf(
  slice: V1EndpointSlice,
  servicePort: V1ServicePort,
  nodeName: string,
): Candidate[] {
  const port = (slice.ports ?? []).find((candidate) => samePort(candidate, servicePort))?.port;
  if (port === undefined || slice.addressType === 'FQDN') return [];
  return (slice.endpoints ?? []).flatMap((endpoint) => candidatesOf(endpoint, port, nodeName));
}

function samePort(port: DiscoveryV1EndpointPort, servicePort: V1ServicePort): boolean {
  return (
    (port.name ?? '') === (servicePort.name ?? '') &&
    (port.protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP')
  );
}

function candidatesOf(endpoint: V1Endpoint, port: number, nodeName: string): Candidate[] {
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {};
  const [ip] = endpoint.addresses;
  return ip === undefined
    ? []
    : [
        {
          backend: { ip, port, local: endpoint.nodeName === nodeName },
          ready,
          leaving: serving && terminating,
        },
      ];
}
