import type { V1Container, V1Probe } from '../api/index.js';
import type { Clock, Timer } from '../base/index.js';
import type { ContainerRuntime, ProbeKind } from '../protocol/index.js';

export type ProbePurpose = 'startup' | 'readiness' | 'liveness';

/** What a container's probes tell. */
export interface ProbeListener {
  /** The verdict turned: after the threshold of successes or of failures. */
  onVerdict(purpose: ProbePurpose, healthy: boolean): void;
  /** One probe failed, whatever the verdict. */
  onFailure(purpose: ProbePurpose, output: string): void;
}

interface Count {
  readonly successes: number;
  readonly failures: number;
  readonly verdict: boolean | undefined;
}

/** Folds one result into the counts: a verdict turns only after its threshold. Pure. */
export function counted(old: Count, succeeded: boolean, probe: V1Probe): Count {
  const successes = succeeded ? old.successes + 1 : 0;
  const failures = succeeded ? 0 : old.failures + 1;
  if (successes >= (probe.successThreshold ?? 1)) return { successes, failures, verdict: true };
  if (failures >= (probe.failureThreshold ?? 3)) return { successes, failures, verdict: false };
  return { successes, failures, verdict: old.verdict };
}

/** Probes one running container. Returns what ends it: after that nothing is told, and no timer is left. */
export function probeContainer(
  clock: Clock,
  runtime: ContainerRuntime,
  containerId: string,
  container: V1Container,
  listener: ProbeListener,
): () => void {
  const timers = new Set<Timer>();
  let stopped = false;
  const isStopped = (): boolean => stopped;

  function later(delayMs: number, run: () => Promise<void>): void {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      void run();
    });
    timers.add(timer);
  }

  function run(
    purpose: ProbePurpose,
    probe: V1Probe,
    what: ProbeKind,
    onHealthy?: () => void,
  ): void {
    let count: Count = { successes: 0, failures: 0, verdict: undefined };
    const once = async (): Promise<void> => {
      const { outcome, output } = await runtime.probe(containerId, what);
      if (isStopped()) return;
      const next = counted(count, outcome === 'success', probe);
      const turned = next.verdict !== undefined && next.verdict !== count.verdict;
      count = next;
      if (outcome === 'failure') listener.onFailure(purpose, output);
      if (turned) listener.onVerdict(purpose, next.verdict);
      if (isStopped()) return;
      if (turned && next.verdict && onHealthy !== undefined) onHealthy();
      // A container that is to be restarted is probed no more.
      else if (purpose === 'readiness' || next.verdict !== false)
        later((probe.periodSeconds ?? 10) * 1000, once);
    };
    later((probe.initialDelaySeconds ?? 0) * 1000, once);
  }

  function begin(purpose: ProbePurpose, probe: V1Probe | undefined): void {
    const what = probe === undefined ? undefined : probeKind(probe, container);
    if (probe !== undefined && what !== undefined) run(purpose, probe, what);
  }

  /** Readiness and liveness begin when the container has started up. */
  function afterStartup(): void {
    begin('readiness', container.readinessProbe);
    begin('liveness', container.livenessProbe);
  }

  const { startupProbe } = container;
  const startup = startupProbe === undefined ? undefined : probeKind(startupProbe, container);
  if (startupProbe !== undefined && startup !== undefined)
    run('startup', startupProbe, startup, afterStartup);
  else afterStartup();
  return () => {
    stopped = true;
    for (const timer of timers) timer.cancel();
    timers.clear();
  };
}

function probeKind(probe: V1Probe, container: V1Container): ProbeKind | undefined {
  const portOf = (port: number | string | undefined): number =>
    typeof port === 'string'
      ? (container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port))
      : (port ?? 0);
  if (probe.exec !== undefined) return { type: 'exec', command: probe.exec.command ?? [] };
  if (probe.httpGet !== undefined)
    return { type: 'http', port: portOf(probe.httpGet.port), path: probe.httpGet.path ?? '/' };
  if (probe.tcpSocket !== undefined) return { type: 'tcp', port: portOf(probe.tcpSocket.port) };
  if (probe.grpc !== undefined) return { type: 'grpc', port: probe.grpc.port };
  return undefined;
}
