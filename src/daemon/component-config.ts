import path from 'node:path';
import { nodeId as raftId, type ActorId } from '../base/index.js';
import { API_SERVER_DEFAULTS, type ApiServerConfig } from '../apiserver/index.js';
import type { ControllerManagerConfig } from '../controllers/index.js';
import { DEFAULT_GATEWAY_LIMITS, type GatewayConfig } from '../gateway/index.js';
import { KUBELET_DEFAULTS, type KubeletConfig } from '../kubelet/index.js';
import type { KubeProxyConfig } from '../proxy/index.js';
import type { SchedulerConfig } from '../scheduler/index.js';
import type { ReplicaConfig } from '../store/index.js';
import { API_SERVER, GATEWAY, replicaIds, type Component } from '../topology/index.js';
import type { ClusterConfig } from './config/index.js';
import type { DataFolder } from './folder/index.js';

export const REPLICAS = 3;

/** What is known only once the daemon has looked around: ports taken, keys made. */
export interface ClusterFacts {
  readonly config: ClusterConfig;
  readonly folder: DataFolder;
  readonly apiServerPort: number;
  readonly clusterId: string;
  readonly caCertificate: string;
  readonly version: string;
}

/** The gateway's own, and where its world side listens. */
export interface GatewayEntryConfig extends GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly clientCaFile: string;
  readonly connectionsMax: number;
}

export function nodeNames({ config }: Pick<ClusterFacts, 'config'>): string[] {
  return Array.from({ length: config.nodes.count }, (_, i) => `node-${i + 1}`);
}

/** The configuration of one actor, as plain data: what `workerData` carries to its thread. */
export function componentConfig(
  facts: ClusterFacts,
): (component: Component, id: ActorId, node: string | undefined) => unknown {
  const { config, folder } = facts;
  const replicas = replicaIds(REPLICAS);
  return (component, id, nodeName) => {
    switch (component) {
      case 'store':
        return {
          id,
          peers: replicas.map((peer, i) => ({ id: peer, nodeId: raftId(i + 1) })),
          folder: folder.storeFolder(id),
          clusterId: BigInt(facts.clusterId),
          tickMs: config.store.tickMs,
          electionTicks: config.store.electionTicks,
          heartbeatTicks: config.store.heartbeatTicks,
          snapshotEntries: config.store.snapshotEntries,
        } satisfies ReplicaConfig;
      case 'gateway':
        return gatewayConfig(facts);
      case 'api-server':
        return {
          ...API_SERVER_DEFAULTS,
          replicas,
          gateway: GATEWAY,
          serviceCidr: config.network.serviceCidr,
          kubernetesServiceEndpoint: { ip: config.apiServer.host, port: facts.apiServerPort },
        } satisfies ApiServerConfig;
      case 'scheduler':
        return { server: API_SERVER } satisfies SchedulerConfig;
      case 'controller-manager':
        return {
          server: API_SERVER,
          replicas,
          caPem: facts.caCertificate,
        } satisfies ControllerManagerConfig;
      case 'kubelet':
        return kubeletConfig(facts, nodeName ?? '');
      case 'kube-proxy': {
        const { mode } = config.proxy;
        return {
          server: API_SERVER,
          nodeName: nodeName ?? '',
          mode,
          clusterCidr: config.network.podCidr,
        } satisfies KubeProxyConfig;
      }
      default:
        return component satisfies never;
    }
  };
}

function gatewayConfig({ config, folder, apiServerPort }: ClusterFacts): GatewayEntryConfig {
  return {
    ...DEFAULT_GATEWAY_LIMITS,
    apiServer: API_SERVER,
    host: config.apiServer.host,
    port: apiServerPort,
    certificateFile: path.join(folder.pki, 'apiserver.crt'),
    privateKeyFile: path.join(folder.pki, 'apiserver.key'),
    clientCaFile: path.join(folder.pki, 'ca.crt'),
    connectionsMax: 10_000,
  };
}

function kubeletConfig(facts: ClusterFacts, nodeName: string): KubeletConfig {
  const { config, version } = facts;
  const { cpu, memory, podsMax } = config.nodes;
  return {
    ...KUBELET_DEFAULTS,
    server: API_SERVER,
    nodeName,
    podCidr: podCidrOf(config.network.podCidr, nodeNames(facts).indexOf(nodeName)),
    internalIp: config.apiServer.host,
    capacity: { cpu, memory, pods: String(podsMax), 'ephemeral-storage': '20Gi' },
    kubernetesVersion: version,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  };
}

/** A /24 of the pod network for each node. */
export function podCidrOf(clusterCidr: string, index: number): string {
  const [a = '10', b = '244'] = clusterCidr.split('.');
  return `${a}.${b}.${index}.0/24`;
}
