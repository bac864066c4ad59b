import { failed, ok, RingBuffer, type Clock, type Crypto, type Timer } from '../base/index.js';
import type {
  ContainerConfig, ContainerRuntime, ContainerStatus, LogLine, RuntimeResult, SandboxConfig, SandboxStatus,
} from '../protocol/index.js';
import { addressPool } from './address-pool.js';
import { simulatedImages } from './simulated-images.js';
import { containerPlan } from './simulated-plan.js';

export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** The node's share of the pod network. */
  readonly podCidr: string;
}

const LOG_LINES_MAX = 1000;

interface Sandbox {
  readonly id: string;
  readonly config: SandboxConfig;
  state: SandboxStatus['state'];
  readonly ip: string;
  readonly createdAtMs: number;
  readonly containers: Set<string>;
}

interface Container {
  status: ContainerStatus;
  readonly sandbox: Sandbox;
  readonly lines: RingBuffer<LogLine>;
  readonly followers: Set<(line: LogLine) => void>;
  end: Timer | undefined;
}

/**
 * A runtime without processes: sandboxes get addresses, containers run until their command would end or until they are
 * stopped, and end at once when asked to. Everything it holds dies with its actor, as after a reboot of the node.
 */
export function simulatedRuntime({ clock, crypto, podCidr }: SimulatedRuntimeOptions): ContainerRuntime {
  const sandboxes = new Map<string, Sandbox>();
  const containers = new Map<string, Container>();
  const addresses = addressPool(podCidr);
  const images = simulatedImages(clock);
  let notify: (event: { readonly podUid: string }) => void = () => undefined;

  const newId = (): string => crypto.uuid().replaceAll('-', '') + crypto.uuid().replaceAll('-', '');

  function log(container: Container, text: string): void {
    const line: LogLine = { timeMs: clock.wallMs(), stream: 'stdout', text };
    container.lines.pushDroppingOldest(line);
    for (const follower of container.followers) follower(line);
  }

  function finish(container: Container, exitCode: number, reason: string): void {
    if (container.status.state === 'exited') return;
    container.end?.cancel();
    container.status = { ...container.status, state: 'exited', finishedAtMs: clock.wallMs(), exitCode, reason };
    log(container, `simulated container ${container.status.config.name} ended with exit code ${exitCode}`);
  }

  function start(container: Container): void {
    const { config } = container.status;
    container.status = { ...container.status, state: 'running', startedAtMs: clock.wallMs() };
    log(container, `simulated container ${config.name} started (image ${config.image}, attempt ${config.attempt})`);
    for (const text of echoed(config)) log(container, text);
    const plan = containerPlan(config, container.sandbox.config.annotations);
    if (plan.endsAfterMs === undefined) return;
    container.end = clock.after(plan.endsAfterMs, () => {
      finish(container, plan.exitCode, plan.reason);
      notify({ podUid: container.sandbox.config.podUid });
    });
  }

  function statusOf(sandbox: Sandbox): SandboxStatus {
    const { id, config, state, ip, createdAtMs } = sandbox;
    const held = [...sandbox.containers].flatMap((containerId) => containers.get(containerId)?.status ?? []);
    return { id, config, state, ip, createdAtMs, containers: held };
  }

  function stopSandbox(sandbox: Sandbox): void {
    if (sandbox.state === 'not-ready') return;
    for (const id of sandbox.containers) {
      const container = containers.get(id);
      if (container !== undefined) finish(container, 137, 'Error');
    }
    sandbox.state = 'not-ready';
    if (sandbox.ip !== '') addresses.giveBack(sandbox.ip);
  }

  return {
    version: () => ({ name: 'simulated', version: '0.1.0' }),
    pullImage: images.pullImage,
    imageStatus: images.imageStatus,
    runPodSandbox(config) {
      const ip = config.hostNetwork ? '' : addresses.take();
      if (ip === undefined) return settled<SandboxStatus>(failed({ code: 'failed', message: `no address is left in ${podCidr}` }));
      const sandbox: Sandbox = { id: newId(), config, state: 'ready', ip, createdAtMs: clock.wallMs(), containers: new Set() };
      sandboxes.set(sandbox.id, sandbox);
      return settled<SandboxStatus>(ok(statusOf(sandbox)));
    },
    stopPodSandbox(sandboxId) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox !== undefined) stopSandbox(sandbox);
      return Promise.resolve();
    },
    removePodSandbox(sandboxId) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox !== undefined) {
        stopSandbox(sandbox);
        for (const id of sandbox.containers) containers.delete(id);
        sandboxes.delete(sandboxId);
      }
      return Promise.resolve();
    },
    createContainer(sandboxId, config) {
      const sandbox = sandboxes.get(sandboxId);
      if (sandbox === undefined) return settled<string>(failed(notFound('sandbox', sandboxId)));
      const id = newId();
      const status: ContainerStatus = {
        id, config, imageRef: images.reference(config.image), state: 'created',
        startedAtMs: 0, finishedAtMs: 0, exitCode: 0, reason: '',
      };
      containers.set(id, { status, sandbox, lines: new RingBuffer(LOG_LINES_MAX), followers: new Set(), end: undefined });
      sandbox.containers.add(id);
      return settled<string>(ok(id));
    },
    startContainer(containerId) {
      const container = containers.get(containerId);
      if (container === undefined) return settled<void>(failed(notFound('container', containerId)));
      start(container);
      return settled<void>(ok(undefined));
    },
    stopContainer(containerId) {
      const container = containers.get(containerId);
      // A simulated process heeds SIGTERM at once; 0 is what a server that shuts down cleanly returns.
      if (container?.status.state === 'running') finish(container, 0, 'Completed');
      return Promise.resolve();
    },
    removeContainer(containerId) {
      const container = containers.get(containerId);
      if (container !== undefined) {
        finish(container, 137, 'Error');
        container.sandbox.containers.delete(containerId);
        containers.delete(containerId);
      }
      return Promise.resolve();
    },
    list: () => [...sandboxes.values()].map(statusOf),
    probe: (containerId) => Promise.resolve(containers.get(containerId)?.status.state === 'running' ? 'success' : 'failure'),
    logs(containerId, onLine) {
      const container = containers.get(containerId);
      container?.followers.add(onLine);
      return { lines: [...(container?.lines ?? [])], cancel: () => container?.followers.delete(onLine) };
    },
    onEvent(callback) {
      notify = callback;
    },
  };
}

function settled<T>(result: RuntimeResult<T>): Promise<RuntimeResult<T>> {
  return Promise.resolve(result);
}

function notFound(what: string, id: string): { code: 'not-found'; message: string } {
  return { code: 'not-found', message: `an error occurred when try to find ${what} "${id}": not found` };
}

/** What `echo` would print. */
function echoed(config: ContainerConfig): string[] {
  const script = [...config.command, ...config.args].join(' ');
  return [...script.matchAll(/(?:^|;|&&|-c)\s*echo\s+([^;&]+)/g)].map((match) => (match[1] ?? '').trim().replaceAll(/^["']|["']$/g, ''));
}
