import type { Behaviour } from '../../src/actor/index.js';
import type {
  CoreV1Event,
  V1Deployment,
  V1Lease,
  V1Node,
  V1Pod,
  V1ReplicaSet,
} from '../../src/api/index.js';
import { matchesNodeAffinity } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { microTimestamp, timestamp } from '../../src/client/index.js';
import type { ControllerFactory } from '../../src/controllers/controller.js';
import { controllerManager } from '../../src/controllers/index.js';
import type { ApiRequest, SilentProtocol } from '../../src/protocol/index.js';
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
  /**
   * Kills the controller manager at so many-th of its coming writes, before that is done or before its answer comes, and
   * starts another one. Returns whether it has come to that yet.
   */
  readonly killManagerAt: (write: number, before: 'write' | 'answer') => () => boolean;
  /** As `until` of its world, for tests that wait often: it looks only ten times a second. */
  readonly soon: (what: string, holds: () => boolean) => Promise<void>;
  /** Pods with this image never become ready. */
  readonly breakImage: (image: string) => void;
  /** Pods with this image fail at once. */
  readonly failImage: (image: string) => void;
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
const LOOKS_MAX = 1_200;

/** With all controllers, or, as they take their time, with those that matter. */
export function createFakeCluster(
  nodes: readonly string[] = ['node-1', 'node-2'],
  controllers?: readonly ControllerFactory[],
): FakeCluster {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  const stopped = new Set<string>();
  const broken = new Set<string>();
  const failing = new Set<string>();
  let kill: { write: number; before: 'write' | 'answer' } | undefined;
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
        const fitting = alive.filter((node) =>
          matchesNodeAffinity(pod, { name: node, labels: {} }),
        );
        const target = { name: fitting[addresses++ % Math.max(1, fitting.length)] };
        if (target.name !== undefined && pod.metadata?.deletionTimestamp === undefined)
          api.do({ verb: 'create', subresource: 'binding', body: { target }, ...at });
      } else if (stopped.has(nodeName)) {
        continue;
      } else if (pod.metadata?.deletionTimestamp !== undefined) {
        api.do({ verb: 'delete', body: { gracePeriodSeconds: 0 }, ...at });
      } else if (pod.status?.phase === 'Pending') {
        const ready = ![broken, failing].some((images) =>
          images.has(pod.spec?.containers[0]?.image ?? ''),
        );
        const conditions = [
          { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: now() },
        ];
        const phase = failing.has(pod.spec?.containers[0]?.image ?? '') ? 'Failed' : 'Running';
        const status = { phase, podIP: `10.0.0.${String(++addresses)}`, conditions };
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
  let managers = 0;
  let manager = startManager();

  /** What one that is killed has sent may have been done; no answer reaches it, and the next one is in its place. */
  function killManager(): void {
    void manager.stop?.();
    manager = startManager();
  }

  function startManager(): Behaviour<SilentProtocol> {
    const self = ++managers;
    const isAlive = (): boolean => self === managers;
    const silence = new Promise<never>(() => undefined);
    const server: FakeServer = {
      ask: async (request) => {
        if (!isAlive()) return silence;
        const due = isWrite(request) && kill !== undefined && kill.write-- === 0;
        if (!due || kill?.before === 'answer') {
          const answer = await api.ask(request);
          if (!due && isAlive()) return answer;
        }
        if (due && isAlive()) {
          kill = undefined;
          killManager();
        }
        return silence;
      },
      watch: api.watch,
    };
    const context = world.context(server, 'controller-manager');
    const started = controllerManager(controllers)(context, config);
    void started.start();
    return started;
  }

  const pods = (): V1Pod[] =>
    api.all<V1Pod>('pods').filter((pod) => pod.metadata?.deletionTimestamp === undefined);
  return {
    world,
    api,
    get manager() {
      return manager;
    },
    killManager,
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
    soon: async (what, holds) => {
      for (let looks = 0; !holds(); looks++) {
        if (looks === LOOKS_MAX) throw new Error(`it does not come to it: ${what}`);
        await world.advance(100);
      }
    },
    breakImage: (image) => broken.add(image),
    failImage: (image) => failing.add(image),
    killManagerAt: (write, before) => {
      kill = { write, before };
      return () => kill === undefined;
    },
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

function isWrite({ verb, resource }: ApiRequest): boolean {
  return !['get', 'list', 'watch'].includes(verb) && resource !== 'events';
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
