import type { KubernetesObject } from '../../api/index.js';
import type { ApiServerConfig } from '../config.js';
import { firstAddress, ipRange } from '../registry/strategy/ip-range.js';

const NAME = 'kubernetes';
const NAMESPACE = 'default';

/** The Service by which pods find the API server: always the first address of the range. */
export function kubernetesService({
  serviceCidr,
  kubernetesServiceEndpoint,
}: ApiServerConfig): KubernetesObject {
  const clusterIP = firstAddress(ipRange(serviceCidr));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ports: [
        { name: 'https', protocol: 'TCP', port: 443, targetPort: kubernetesServiceEndpoint.port },
      ],
    },
  };
}

export function kubernetesEndpoints({
  kubernetesServiceEndpoint: { ip, port },
}: ApiServerConfig): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

export function kubernetesEndpointSlice({
  kubernetesServiceEndpoint: { ip, port },
}: ApiServerConfig): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: NAME, namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': NAME } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}
