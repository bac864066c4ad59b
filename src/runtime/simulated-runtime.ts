import { failed, ok, type Clock, type Crypto } from '../base/index.js';
import type {
  ContainerRuntime,
  RuntimeError,
  RuntimeResult,
  SandboxConfig,
  SandboxStatus,
} from '../protocol/index.js';
import { addressPool } from './address-pool.js';
import { simulatedContainer, type SimulatedContainer } from './simulated-container.js';
import { simulatedImages } from './simulated-images.js';

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** The node's share of the pod network. */
  readonly podCidr: string;
}

interface Sandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  state: SandboxStatus['state'];
  readonly ip: string;
  readonly createdAtMs: number;
  readonly containers: Map<string, SimulatedContainer>;
}

interface Held {
  readonly sandbox: Sandbox;
  readonly container: SimulatedContainer;
}

/**
 * A runtime without processes: sandboxes get addresses, containers run until their command would end or until they are
 * stopped, and end at once when asked to. Everything it holds dies with its actor, as after a reboot of the node.
 */
export function simulatedRuntime({
  clock,
  crypto,
  podCidr,
}: SimulatedRuntimeOptions): ContainerRuntime {
  const sandboxes = new Map<string, Sandbox>();
  /** Ids of a pod's sandboxes, oldest first. */
  const sandboxIdsOf = new Map<string, Set<string>>();
  const containers = new Map<string, Held>();
  const addresses = addressPool(podCidr);
  const images = simulatedImages(clock);
  let notify: (event: { readonly podUid: string }) => void = () => undefined;

  const newId = (): string => crypto.uuid().replaceAll('-', '') + crypto.uuid().replaceAll('-', '');

  function stopSandbox(sandbox: Sandbox): void {
    if (sandbox.state === 'not-ready') return;
    for (const container of sandbox.containers.values()) container.finish(137, 'Error');
    sandbox.state = 'not-ready';
    if (sandbox.ip !== '') addresses.giveBack(sandbox.ip);
  }

  function removeSandbox(sandbox: Sandbox): void {
    stopSandbox(sandbox);
    for (const id of sandbox.containers.keys()) containers.delete(id);
    sandboxes.delete(sandbox.id);
    const { podUid } = sandbox.config;
    const ids = sandboxIdsOf.get(podUid);
    ids?.delete(sandbox.id);
    if (ids?.size === 0) sandboxIdsOf.delete(podUid);
  }

  return {
    version: () => ({ name: 'simulated', version: '0.1.0' }),
    pullImage: images.pullImage,
    imageStatus: images.imageStatus,
    runPodSandbox(config) {
      const ip = config.hostNetwork ? '' : addresses.take();
      if (ip === undefined)
        return settled<SandboxStatus>(
          failed({ code: 'failed', message: `no address is left in ${podCidr}` }),
        );
      const sandbox: Sandbox = {
        id: newId(),
        config,
        state: 'ready',
        ip,
        createdAtMs: clock.wallMs(),
        containers: new Map(),
      };
      sandboxes.set(sandbox.id, sandbox);
      const ids = sandboxIdsOf.get(config.podUid) ?? new Set();
      sandboxIdsOf.set(config.podUid, ids.add(sandbox.id));
      return settled<SandboxStatus>(ok(statusOf(sandbox)));
    },
    stopPodSandbox(sandboxId) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox !== undefined) stopSandbox(sandbox);
      return Promise.resolve();
    },
    removePodSandbox(sandboxId) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox !== undefined) removeSandbox(sandbox);
      return Promise.resolve();
    },
    createContainer(sandboxId, config) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox === undefined) return settled<string>(failed(notFound('sandbox', sandboxId)));
      const id = newId();
      const imageRef = images.reference(config.image);
      const container = simulatedContainer({
        clock,
        id,
        imageRef,
        config,
        annotations: sandbox.config.annotations,
      });
      containers.set(id, { sandbox, container });
      sandbox.containers.set(id, container);
      return settled<string>(ok(id));
    },
    startContainer(containerId) {
      const held = containers.get(containerId);
      if (held === undefined) return settled(failed(notFound('container', containerId)));
      const { sandbox, container } = held;
      if (sandbox.state !== 'ready')
        return settled(
          failed({ code: 'failed', message: `sandbox container "${sandbox.id}" is not running` }),
        );
      container.start(() => {
        notify({ podUid: sandbox.config.podUid });
      });
      return settled(ok(undefined));
    },
    stopContainer(containerId) {
      const held = containers.get(containerId);
      // A simulated process heeds SIGTERM at once; 0 is what a server that shuts down cleanly returns.
      if (held?.container.status.state === 'running') held.container.finish(0, 'Completed');
      return Promise.resolve();
    },
    removeContainer(containerId) {
      const held = containers.get(containerId);
      if (held !== undefined) {
        held.container.finish(137, 'Error');
        held.sandbox.containers.delete(containerId);
        containers.delete(containerId);
      }
      return Promise.resolve();
    },
    list: () => [...sandboxes.values()].map(statusOf),
    sandboxesOf: (podUid) =>
      [...(sandboxIdsOf.get(podUid) ?? [])].reverse().flatMap((id) => {
        const sandbox = sandboxes.get(id);
        return sandbox === undefined ? [] : [statusOf(sandbox)];
      }),
    probe: (containerId) =>
      Promise.resolve(
        containers.get(containerId)?.container.probe() ?? {
          outcome: 'failure',
          output: 'container not found',
        },
      ),
    logs: (containerId, follower) => containers.get(containerId)?.container.logs(follower),
    onEvent(callback) {
      notify = callback;
    },
  };
}

function statusOf({ id, config, state, ip, createdAtMs, containers }: Sandbox): SandboxStatus {
  return {
    id,
    config,
    state,
    ip,
    createdAtMs,
    containers: [...containers.values()].map(({ status }) => status),
  };
}

function settled<T>(result: RuntimeResult<T>): Promise<RuntimeResult<T>> {
  return Promise.resolve(result);
}

function notFound(what: string, id: string): RuntimeError {
  return {
    code: 'not-found',
    message: `an error occurred when try to find ${what} "${id}": not found`,
  };
}
