import type { ActorContext } from '../actor/index.js';
import type { V1Node } from '../api/index.js';
import type { Timer } from '../base/index.js';
import { createLeaseKeeper, isConflict, isNotFound, Resource, timestamp, uidOf, type ApiClient } from '../client/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import type { KubeletConfig } from './config.js';
import { newNode, nodeLabels, nodeStatus } from './node-object.js';

const RETRY_MS = 1000;

/** Registers the Node, keeps its status and its Lease. */
export interface NodeKeeper {
  start(): void;
  stop(): void;
}

export function createNodeKeeper(context: ActorContext, client: ApiClient, config: KubeletConfig, runtime: ContainerRuntime): NodeKeeper {
  let node: V1Node | undefined;
  let timer: Timer | undefined;
  let stopped = false;
  const now = (): string => timestamp(context.clock.wallMs());
  const lease = createLeaseKeeper(context, client, {
    namespace: 'kube-node-lease',
    name: config.nodeName,
    holderIdentity: config.nodeName,
    leaseDurationSeconds: config.leaseDurationSeconds,
    renewIntervalMs: config.leaseRenewMs,
    owner: () => (node === undefined ? undefined : { apiVersion: 'v1', kind: 'Node', name: config.nodeName, uid: uidOf(node) }),
  });

  async function keep(): Promise<void> {
    const written = await write();
    if (stopped) return;
    timer = context.clock.after(written ? config.nodeStatusMs : RETRY_MS, () => void keep());
  }

  /** True where the Node is there and its status is as it should be. */
  async function write(): Promise<boolean> {
    const at = { name: config.nodeName };
    const found = await client.get(Resource.nodes, at);
    if (!found.ok) return isNotFound(found.error) ? register() : false;
    const labelled = await withLabels(found.value);
    if (labelled === undefined) return false;
    const status = nodeStatus(config, runtime.version(), labelled.status, now());
    const updated = await client.updateStatus(Resource.nodes, { ...labelled, status });
    if (updated.ok) node = updated.value;
    else if (!isConflict(updated.error)) context.log.warn('node status not written', { error: updated.error.message });
    return updated.ok;
  }

  async function register(): Promise<boolean> {
    const created = await client.create(Resource.nodes, newNode(config, runtime.version(), now()));
    if (!created.ok) {
      context.log.warn('node not registered', { error: created.error.message });
      return false;
    }
    node = created.value;
    context.log.info('node registered', { node: config.nodeName });
    return true;
  }

  /** The Node of an earlier life, with the labels that this one wants. */
  async function withLabels(found: V1Node): Promise<V1Node | undefined> {
    const wanted = nodeLabels(config);
    const missing = Object.entries(wanted).some(([key, value]) => found.metadata?.labels?.[key] !== value);
    if (!missing) return found;
    const patched = await client.patch(Resource.nodes, { name: config.nodeName }, { metadata: { labels: wanted } });
    return patched.ok ? patched.value : undefined;
  }

  return {
    start() {
      void keep();
      lease.start();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      lease.stop();
    },
  };
}
