import type { Behaviour } from '../../src/actor/index.js';
import type {
  CoreV1Event,
  V1Deployment,
  V1Lease,
  V1Node,
  V1Pod,
  V1ReplicaSet,
} from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { microTimestamp, timestamp } from '../../src/client/index.js';
import { controllerManager } from '../../src/controllers/index.js';
import type { SilentProtocol } from '../../src/protocol/index.js';
import type { FakeApi } from '../client/fake-api.js';
import { createFakeApi } from '../client/fake-api.js';
import type { FakeServer, FakeWorld } from '../client/fake-world.js';
import { createFakeWorld } from '../client/fake-world.js';

/** The controller manager against an API server in memory, with nodes that run pods as long as they are alive. */
export interface FakeCluster {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  readonly manager: Behaviour<SilentProtocol>;
  /** The controller manager dies between two of its calls, or in the midst of one, and another begins. */
  readonly killManager: () => void;
  /** Pods that have not ended and are not being deleted. */
  readonly pods: () => V1Pod[];
  readonly readyPods: () => V1Pod[];
  readonly replicaSets: () => V1ReplicaSet[];
  readonly events: (reason: string) => string[];
  readonly addNode: (name: string) => void;
  /** A node that hears nothing any more: no heartbeats, no pods started or ended. */
  readonly stopNode: (name: string) => void;
  readonly startNode: (name: string) => void;
  /** Pods with this image never become ready. */
  readonly breakImage: (image: string) => void;
  readonly deployment: (name: string) => V1Deployment;
  readonly createDeployment: (
    name: string,
    replicas: number,
    spec?: Partial<V1Deployment['spec']>,
  ) => void;
  readonly patch: (resource: string, name: string, body: object) => void;
  readonly remove: (resource: string, name: string, body?: object) => void;
}

/** Pods with this annotation run to their end, which is its value: `Succeeded` or `Failed`. */
export const ENDS_KEY = 'test/ends';

const AGENT_PERIOD_MS = 200;
const LEASE_PERIOD_MS = 10_000;

export function createFakeCluster(nodes: readonly string[] = ['node-1', 'node-2']): FakeCluster {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  const stopped = new Set<string>();
  const broken = new Set<string>();
  let addresses = 0;
  for (const name of ['default', 'kube-node-lease'])
    api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name } } });

  const inDefault = { namespace: 'default' };
  const namespaceOf = (resource: string): { namespace?: string } =>
    ['nodes', 'namespaces'].includes(resource) ? {} : inDefault;
  const now = (): string => timestamp(world.clock.wallMs());

  function addNode(name: string): void {
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: now() }];
    api.do({
      verb: 'create',
      resource: 'nodes',
      body: { metadata: { name }, spec: {}, status: { conditions } },
    });
    api.do({
      verb: 'create',
      resource: 'leases',
      namespace: 'kube-node-lease',
      body: {
        metadata: { name },
        spec: {
          holderIdentity: name,
          leaseDurationSeconds: 40,
          renewTime: microTimestamp(world.clock.wallMs()),
        },
      },
    });
  }

  function tend(): void {
    const alive = api
      .all<V1Node>('nodes')
      .map((node) => node.metadata?.name ?? '')
      .filter((name) => !stopped.has(name));
    for (const pod of api.all<V1Pod>('pods')) {
      const { name = '', namespace = '' } = pod.metadata ?? {};
      const at = { resource: 'pods', namespace, name };
      const nodeName = pod.spec?.nodeName;
      if (nodeName === undefined) {
        const target = { name: alive[addresses++ % Math.max(1, alive.length)] };
        if (target.name !== undefined && pod.metadata?.deletionTimestamp === undefined)
          api.do({ verb: 'create', subresource: 'binding', body: { target }, ...at });
      } else if (stopped.has(nodeName)) {
        continue;
      } else if (pod.metadata?.deletionTimestamp !== undefined) {
        api.do({ verb: 'delete', body: { gracePeriodSeconds: 0 }, ...at });
      } else if (pod.status?.phase === 'Pending') {
        const ready = !broken.has(pod.spec?.containers[0]?.image ?? '');
        const conditions = [
          { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: now() },
        ];
        const status = { phase: 'Running', podIP: `10.0.0.${String(++addresses)}`, conditions };
        api.do({ verb: 'update', subresource: 'status', body: { ...pod, status }, ...at });
      } else if (pod.status?.phase === 'Running') {
        const phase = pod.metadata?.annotations?.[ENDS_KEY];
        if (phase === undefined) continue;
        const status = { ...pod.status, phase, conditions: [] };
        api.do({ verb: 'update', subresource: 'status', body: { ...pod, status }, ...at });
      }
    }
    world.clock.after(AGENT_PERIOD_MS, tend);
  }

  function heartbeat(): void {
    for (const lease of api.all<V1Lease>('leases')) {
      if (stopped.has(lease.metadata?.name ?? '')) continue;
      const spec = { ...lease.spec, renewTime: microTimestamp(world.clock.wallMs()) };
      api.do({
        verb: 'update',
        resource: 'leases',
        namespace: 'kube-node-lease',
        body: { ...lease, spec },
      });
    }
    world.clock.after(LEASE_PERIOD_MS, heartbeat);
  }

  for (const name of nodes) addNode(name);
  world.clock.after(AGENT_PERIOD_MS, tend);
  world.clock.after(LEASE_PERIOD_MS, heartbeat);
  const config = { server: actorId('api-server'), caPem: 'the CA' };
  let life = 0;
  let manager = beginManager();

  /** What a dead one has sent may have been done; no answer reaches it. */
  function beginManager(): Behaviour<SilentProtocol> {
    const own = ++life;
    const never = new Promise<never>(() => undefined);
    const server: FakeServer = {
      ask: async (request) => {
        if (own !== life) return never;
        const answer = await api.ask(request);
        return own === life ? answer : never;
      },
      watch: api.watch,
    };
    const begun = controllerManager()(world.context(server, 'controller-manager'), config);
    void begun.start();
    return begun;
  }

  const pods = (): V1Pod[] =>
    api.all<V1Pod>('pods').filter((pod) => pod.metadata?.deletionTimestamp === undefined);
  return {
    world,
    api,
    get manager() {
      return manager;
    },
    killManager: () => {
      void manager.stop?.();
      manager = beginManager();
    },
    pods,
    addNode,
    readyPods: () =>
      pods().filter((pod) =>
        pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
      ),
    replicaSets: () => api.all<V1ReplicaSet>('replicasets'),
    events: (reason) =>
      api
        .all<CoreV1Event>('events')
        .filter((event) => event.reason === reason)
        .map((event) => event.message ?? ''),
    stopNode: (name) => stopped.add(name),
    startNode: (name) => stopped.delete(name),
    breakImage: (image) => broken.add(image),
    deployment: (name) => {
      const found = api
        .all<V1Deployment>('deployments')
        .find((each) => each.metadata?.name === name);
      if (found === undefined) throw new Error(`no deployment ${name}`);
      return found;
    },
    createDeployment: (name, replicas, spec = {}) => {
      const labels = { app: name };
      const body: V1Deployment = {
        metadata: { name },
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
          ...spec,
        },
      };
      api.do({ verb: 'create', resource: 'deployments', ...inDefault, body });
    },
    patch: (resource, name, body) =>
      void api.do({ verb: 'patch', resource, name, ...namespaceOf(resource), body }),
    remove: (resource, name, body = {}) =>
      void api.do({ verb: 'delete', resource, name, ...namespaceOf(resource), body }),
  };
}

/** The patch that `kubectl set image` makes. */
export function imagePatch(name: string, image: string): object {
  return {
    spec: {
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
  };
}
