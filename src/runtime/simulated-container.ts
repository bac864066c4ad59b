import { RingBuffer, type Clock, type Timer } from '../base/index.js';
import type {
  ContainerConfig,
  ContainerStatus,
  LogFollower,
  LogLine,
  LogTail,
  ProbeResult,
} from '../protocol/index.js';
import { containerPlan, type ContainerPlan } from './simulated-plan.js';

const LOG_LINES_MAX = 1000;

/** A container without a process: a plan of what it would do, and the timer of its end. */
export interface SimulatedContainer {
  readonly status: ContainerStatus;
  /** `onEnd` runs when it ends by itself. */
  start(onEnd: () => void): void;
  /** Ends it now. Repeating it is no error. */
  finish(exitCode: number, reason: string): void;
  probe(): ProbeResult;
  logs(follower: LogFollower): LogTail;
}

export interface SimulatedContainerOptions {
  readonly clock: Clock;
  readonly id: string;
  readonly imageRef: string;
  readonly config: ContainerConfig;
  /** The pod's: they steer the simulation. */
  readonly annotations: Readonly<Record<string, string>>;
}

export function simulatedContainer(options: SimulatedContainerOptions): SimulatedContainer {
  const { clock, id, imageRef, config } = options;
  const plan: ContainerPlan = containerPlan(config, options.annotations);
  const lines = new RingBuffer<LogLine>(LOG_LINES_MAX);
  const followers = new Set<LogFollower>();
  let timer: Timer | undefined;
  let startedMs = 0;
  let status: ContainerStatus = {
    id,
    config,
    imageRef,
    state: 'created',
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
  };

  function log(text: string): void {
    const line: LogLine = { timeMs: clock.wallMs(), stream: 'stdout', text };
    lines.pushDroppingOldest(line);
    for (const follower of followers) follower.onLine(line);
  }

  function finish(exitCode: number, reason: string): void {
    if (status.state === 'exited') return;
    timer?.cancel();
    status = { ...status, state: 'exited', finishedAtMs: clock.wallMs(), exitCode, reason };
    log(`simulated container ${config.name} ended with exit code ${exitCode}`);
    for (const follower of followers) follower.onEnd();
    followers.clear();
  }

  return {
    get status() {
      return status;
    },
    start(onEnd) {
      startedMs = clock.monotonicMs();
      status = { ...status, state: 'running', startedAtMs: clock.wallMs() };
      log(
        `simulated container ${config.name} started (image ${config.image}, attempt ${config.attempt})`,
      );
      for (const text of plan.output) log(text);
      if (plan.endsAfterMs === undefined) return;
      timer = clock.after(plan.endsAfterMs, () => {
        finish(plan.exitCode, plan.reason);
        onEnd();
      });
    },
    finish,
    probe() {
      if (status.state !== 'running')
        return { outcome: 'failure', output: 'container not running' };
      const ageMs = clock.monotonicMs() - startedMs;
      const healthy = ageMs >= plan.healthyAfterMs && ageMs < plan.unhealthyAfterMs;
      return healthy
        ? { outcome: 'success', output: '' }
        : { outcome: 'failure', output: 'simulated failure' };
    },
    logs(follower) {
      if (status.state === 'exited') follower.onEnd();
      else followers.add(follower);
      return { lines: [...lines], cancel: () => followers.delete(follower) };
    },
  };
}
