import type { StreamCall } from '../../src/actor/index.js';
import type { CoreV1Event, V1ContainerStatus, V1Node, V1Pod } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { KUBELET_DEFAULTS, kubelet, type KubeletConfig } from '../../src/kubelet/index.js';
import type { ContainerRuntime, LogsRequest } from '../../src/protocol/index.js';
import { simulatedRuntime } from '../../src/runtime/index.js';
import { createFakeApi, type FakeApi } from '../client/fake-api.js';
import { createFakeWorld, type FakeWorld } from '../client/fake-world.js';

export const NODE = 'node-1';

/** One life of a kubelet with its runtime. */
export interface Life {
  readonly behaviour: ReturnType<ReturnType<typeof kubelet>>;
  readonly runtime: ContainerRuntime;
  /** Calls of the runtime, by name. */
  readonly calls: Map<string, number>;
}

/** A kubelet against an API server in memory, on virtual time. */
export interface KubeletWorld {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  start(change?: Partial<KubeletConfig>): Life;
  /** Bound to the node as the scheduler leaves it. */
  create(name: string, spec?: object, metadata?: object): V1Pod;
  pod(name: string): V1Pod | undefined;
  container(name: string, container?: string): V1ContainerStatus | undefined;
  node(): V1Node | undefined;
  delete(name: string, gracePeriodSeconds?: number): void;
  /** `Warning BackOff Back-off …`, in their order, of one object. */
  events(name: string): string[];
  until(what: string, holds: () => boolean, limitMs?: number): Promise<void>;
  reason(name: string, container?: string): string | undefined;
  logs(life: Life, request: Partial<LogsRequest> & { pod: string }): LogsOf;
}

export interface LogsOf {
  text: string;
  end: string | undefined;
  cancel(): void;
}

export function kubeletWorld(): KubeletWorld {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  for (const name of ['default', 'kube-node-lease'])
    api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name } } });
  const pod = (name: string): V1Pod | undefined =>
    api.all<V1Pod>('pods').find(({ metadata }) => metadata?.name === name);
  const container = (name: string, wanted = 'c'): V1ContainerStatus | undefined => {
    const { containerStatuses = [], initContainerStatuses = [] } = pod(name)?.status ?? {};
    return [...initContainerStatuses, ...containerStatuses].find(
      (status) => status.name === wanted,
    );
  };

  return {
    world,
    api,
    pod,
    container,
    start(change = {}) {
      const calls = new Map<string, number>();
      const context = world.context(api, `kubelet-${NODE}`);
      const config: KubeletConfig = {
        ...KUBELET_DEFAULTS,
        server: actorId('api-server'),
        nodeName: NODE,
        podCidr: '10.244.0.0/16',
        internalIp: '192.168.0.1',
        capacity: { cpu: '4', memory: '8Gi', pods: '1000' },
        kubernetesVersion: 'v1.36.0+kubactor',
        ...change,
      };
      const runtime = counted(
        simulatedRuntime({ clock: world.clock, crypto: context.crypto, podCidr: config.podCidr }),
        calls,
      );
      const behaviour = kubelet({ runtime: () => runtime })(context, config);
      void behaviour.start();
      return { behaviour, runtime, calls };
    },
    create(name, spec = {}, metadata = {}) {
      const body = {
        metadata: { name, namespace: 'default', ...metadata },
        spec: {
          nodeName: NODE,
          restartPolicy: 'Always',
          containers: [{ name: 'c', image: 'nginx' }],
          ...spec,
        },
      };
      return api.do({ verb: 'create', resource: 'pods', namespace: 'default', body }) as V1Pod;
    },
    node: () => api.all<V1Node>('nodes')[0],
    delete(name, gracePeriodSeconds) {
      const body = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
      api.do({ verb: 'delete', resource: 'pods', namespace: 'default', name, body });
    },
    events: (name) =>
      api
        .all<CoreV1Event>('events')
        .filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ type, reason, message }) => `${type ?? ''} ${reason ?? ''} ${message ?? ''}`),
    until: (what, holds, limitMs) => world.until(what, holds, limitMs),
    reason(name, wanted) {
      const { waiting, terminated, running } = container(name, wanted)?.state ?? {};
      return running === undefined ? (waiting?.reason ?? terminated?.reason) : 'Running';
    },
    logs(life, request) {
      const seen: LogsOf = { text: '', end: undefined, cancel: () => undefined };
      const call = {
        request: {
          namespace: 'default',
          container: 'c',
          follow: false,
          previous: false,
          timestamps: false,
          ...request,
        },
        queuedItems: 0,
        send: (data: Uint8Array) => {
          seen.text += new TextDecoder().decode(data);
          return true;
        },
        onDrain: () => undefined,
        complete: () => {
          seen.end = 'complete';
        },
        fail: (error: { code: string; message: string }) => {
          seen.end = `${error.code}: ${error.message}`;
        },
        onCancel: (callback: () => void) => {
          seen.cancel = callback;
        },
      } as unknown as StreamCall<LogsRequest, Uint8Array>;
      life.behaviour.streams.logs(call);
      return seen;
    },
  };
}

function counted(runtime: ContainerRuntime, calls: Map<string, number>): ContainerRuntime {
  return new Proxy(runtime, {
    get(target, name: string) {
      const method: unknown = Reflect.get(target, name);
      return (...args: unknown[]): unknown => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return Reflect.apply(method as (...args: unknown[]) => unknown, target, args);
      };
    },
  });
}
