import type { ActorContext } from '../actor/index.js';
import type { V1Node } from '../api/index.js';
import type { Timer } from '../base/index.js';
import {
  createInformer,
  createLeaseKeeper,
  isConflict,
  isNotFound,
  Resource,
  timestamp,
  uidOf,
  type ApiClient,
  type EventRecorder,
} from '../client/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import type { KubeletConfig } from './config.js';
import { hasDrifted, newNode, nodeLabels, nodeStatus } from './node-object.js';

const RETRY_MS = 1000;

/** Registers the Node, keeps its status and its Lease. */
export interface NodeKeeper {
  start(): void;
  stop(): void;
  /** The Node's labels, others' too; undefined: it is not registered yet. */
  labels(): Readonly<Record<string, string>> | undefined;
}

export interface NodeKeeperPorts {
  readonly context: ActorContext;
  readonly client: ApiClient;
  readonly config: KubeletConfig;
  readonly recorder: EventRecorder;
  readonly runtime: ContainerRuntime;
}

export function createNodeKeeper({
  context,
  client,
  config,
  recorder,
  runtime,
}: NodeKeeperPorts): NodeKeeper {
  /** Each life is a boot of the node: its containers are gone with the life before. */
  const bootId = context.crypto.uuid();
  const at = { name: config.nodeName };
  let node: V1Node | undefined;
  let timer: Timer | undefined;
  let keeping = false;
  let stopped = false;
  const isStopped = (): boolean => stopped;
  const now = (): string => timestamp(context.clock.wallMs());
  /** Tells at once when another (the node lifecycle) has written that the node is not ready. */
  const own = createInformer(context, client, Resource.nodes, {
    fieldSelector: `metadata.name=${config.nodeName}`,
  });
  const lease = createLeaseKeeper(context, client, {
    namespace: 'kube-node-lease',
    name: config.nodeName,
    holderIdentity: config.nodeName,
    leaseDurationSeconds: config.leaseDurationSeconds,
    renewIntervalMs: config.leaseRenewMs,
    owner: () =>
      node === undefined
        ? undefined
        : { apiVersion: 'v1', kind: 'Node', name: config.nodeName, uid: uidOf(node) },
  });

  function keepAfter(delayMs: number): void {
    timer?.cancel();
    if (!stopped) timer = context.clock.after(delayMs, () => void keep());
  }

  async function keep(): Promise<void> {
    keeping = true;
    const written = await write();
    keeping = false;
    if (!isStopped()) keepAfter(written ? config.nodeStatusMs : RETRY_MS);
  }

  /** True where the Node is there and its status is as it should be. */
  async function write(): Promise<boolean> {
    const found = await client.get(Resource.nodes, at);
    if (!found.ok) return isNotFound(found.error) ? await register() : false;
    const labelled = await withLabels(found.value);
    if (labelled === undefined) return false;
    const status = nodeStatus(config, runtime.version(), bootId, labelled.status, now());
    const updated = await client.updateStatus(Resource.nodes, { ...labelled, status });
    if (updated.ok) node = updated.value;
    else if (!isConflict(updated.error))
      context.log.warn('node status not written', { error: updated.error.message });
    return updated.ok;
  }

  async function register(): Promise<boolean> {
    const created = await client.create(
      Resource.nodes,
      newNode(config, runtime.version(), bootId, now()),
    );
    if (!created.ok) {
      context.log.warn('node not registered', { error: created.error.message });
      return false;
    }
    node = created.value;
    context.log.info('node registered', { node: config.nodeName });
    event('NodeReady', `Node ${config.nodeName} status is now: NodeReady`);
    return true;
  }

  /** The Node of an earlier life, with the labels that this one wants. */
  async function withLabels(found: V1Node): Promise<V1Node | undefined> {
    const wanted = nodeLabels(config);
    const missing = Object.entries(wanted).some(
      ([key, value]) => found.metadata?.labels?.[key] !== value,
    );
    if (!missing) return found;
    const patched = await client.patch(Resource.nodes, at, { metadata: { labels: wanted } });
    return patched.ok ? patched.value : undefined;
  }

  function seen(found: V1Node): void {
    if (!keeping && node !== undefined && hasDrifted(found)) keepAfter(RETRY_MS);
  }

  /** Kubelets name a node's uid by its name, and so `kubectl describe node` finds the event. */
  function event(reason: string, message: string): void {
    recorder.event(
      { kind: 'Node', name: config.nodeName, uid: config.nodeName },
      'Normal',
      reason,
      message,
    );
  }

  return {
    start() {
      event('Starting', 'Starting kubelet.');
      own.addHandler({
        onAdd: seen,
        onUpdate: (_old, found) => {
          seen(found);
        },
      });
      own.start();
      void keep();
      lease.start();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      own.stop();
      lease.stop();
    },
    labels: () => (own.get(config.nodeName) ?? node)?.metadata?.labels,
  };
}
