import path from 'node:path';
import { actorId, assert, assertDefined, nodeId as raftId, type ActorId } from '../base/index.js';
import { API_SERVER_DEFAULTS, type ApiServerConfig } from '../apiserver/index.js';
import type { ControllerManagerConfig } from '../controllers/index.js';
import { DEFAULT_GATEWAY_LIMITS, type GatewayConfig } from '../gateway/index.js';
import { KUBELET_DEFAULTS, type KubeletConfig } from '../kubelet/index.js';
import type { KubeProxyConfig } from '../proxy/index.js';
import type { SchedulerConfig } from '../scheduler/index.js';
import type { ReplicaConfig, ReplicaPeer } from '../store/index.js';
import { API_SERVER, GATEWAY, type Component } from '../topology/index.js';
import { autoCompaction, type ClusterConfig } from './config/index.js';
import type { DataFolder, KeptMembers, KeptReplica } from './folder/index.js';
import { tokenKeyFile } from './pki/index.js';

/** What is known only once the daemon has looked around: ports taken, keys made. */
export interface ClusterFacts {
  readonly config: ClusterConfig;
  readonly folder: DataFolder;
  readonly apiServerPort: number;
  readonly clusterId: string;
  readonly caCertificate: string;
  readonly version: string;
  /** As they are now. */
  readonly members: () => KeptMembers;
}

/** The API server's own, and where its key is. */
interface ApiServerEntryConfig extends ApiServerConfig {
  readonly tokenKeyFile: string;
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
  const { config } = facts;
  return (component, id, nodeName) => {
    switch (component) {
      case 'store':
        return replicaConfig(facts, id);
      case 'gateway':
        return gatewayConfig(facts);
      case 'api-server':
        return {
          ...API_SERVER_DEFAULTS,
          replicas: facts.members().replicas.map(({ name }) => actorId(name)),
          gateway: GATEWAY,
          serviceCidr: config.network.serviceCidr,
          kubernetesServiceEndpoint: { ip: config.apiServer.host, port: facts.apiServerPort },
          tokenKeyFile: tokenKeyFile(facts.folder.pki),
        } satisfies ApiServerEntryConfig;
      case 'scheduler':
        return { server: API_SERVER } satisfies SchedulerConfig;
      case 'controller-manager':
        return {
          server: API_SERVER,
          replicas: facts.members().replicas.map(({ name }) => actorId(name)),
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

function replicaConfig(
  { config, folder, clusterId, members }: ClusterFacts,
  id: ActorId,
): ReplicaConfig {
  const { founding, replicas } = members();
  const own = assertDefined(
    replicas.find(({ name }) => name === id),
    `the member that ${id} is`,
  );
  return {
    id,
    nodeId: raftId(own.id),
    peers: founding.map(peerOf),
    known: replicas.map(peerOf),
    folder: folder.storeFolder(id),
    clusterId: BigInt(clusterId),
    tickMs: config.store.tickMs,
    electionTicks: config.store.electionTicks,
    heartbeatTicks: config.store.heartbeatTicks,
    snapshotEntries: config.store.snapshotEntries,
    quotaBytes: config.store.quotaBytes,
    autoCompaction: autoCompactionOf(config),
    hashCheckMs: config.store.hashCheckMs,
    leaseCheckpointMs: config.store.leaseCheckpointMs,
  };
}

function peerOf({ name, id }: KeptReplica): ReplicaPeer {
  return { id: actorId(name), nodeId: raftId(id) };
}

function autoCompactionOf({ store }: ClusterConfig): ReplicaConfig['autoCompaction'] {
  const compaction = autoCompaction(store.autoCompaction);
  assert(compaction.ok, 'the configuration was validated');
  return compaction.value;
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
    traceSampleRate: config.tracing.sampleRate,
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
