import type { V1Container, V1Probe } from '../api/index.js';
import type { Clock, Timer } from '../base/index.js';
import type { ContainerRuntime, ProbeKind } from '../protocol/index.js';

type Kind = 'startup' | 'readiness' | 'liveness';

export interface ProbeVerdict {
  readonly kind: Kind;
  readonly healthy: boolean;
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

/** Probes one running container, and tells of each verdict that turns. Returns what ends it. */
export function probeContainer(
  clock: Clock,
  runtime: ContainerRuntime,
  containerId: string,
  container: V1Container,
  onVerdict: (verdict: ProbeVerdict) => void,
): () => void {
  const timers = new Set<Timer>();
  let stopped = false;

  function run(kind: Kind, probe: V1Probe | undefined, onFirstSuccess?: () => void): void {
    const what = probe === undefined ? undefined : probeKind(probe, container);
    if (probe === undefined || what === undefined) {
      onFirstSuccess?.();
      return;
    }
    let count: Count = { successes: 0, failures: 0, verdict: undefined };
    const again = (delayMs: number): void => {
      const timer = clock.after(delayMs, () => {
        timers.delete(timer);
        void once();
      });
      timers.add(timer);
    };
    const once = async (): Promise<void> => {
      const result = await runtime.probe(containerId, what);
      if (stopped) return;
      const next = counted(count, result === 'success', probe);
      const turned = next.verdict !== undefined && next.verdict !== count.verdict;
      count = next;
      if (turned) onVerdict({ kind, healthy: next.verdict === true });
      if (turned && next.verdict === true && onFirstSuccess !== undefined) onFirstSuccess();
      else again((probe.periodSeconds ?? 10) * 1000);
    };
    again((probe.initialDelaySeconds ?? 0) * 1000);
  }

  // Readiness and liveness begin when the container has started up.
  run('startup', container.startupProbe, () => {
    run('readiness', container.readinessProbe);
    run('liveness', container.livenessProbe);
  });
  return () => {
    stopped = true;
    for (const timer of timers) timer.cancel();
  };
}

function probeKind(probe: V1Probe, container: V1Container): ProbeKind | undefined {
  const portOf = (port: number | string | undefined): number =>
    typeof port === 'string' ? (container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port)) : (port ?? 0);
  if (probe.exec !== undefined) return { type: 'exec', command: probe.exec.command ?? [] };
  if (probe.httpGet !== undefined) return { type: 'http', port: portOf(probe.httpGet.port), path: probe.httpGet.path ?? '/' };
  if (probe.tcpSocket !== undefined) return { type: 'tcp', port: portOf(probe.tcpSocket.port) };
  if (probe.grpc !== undefined) return { type: 'grpc', port: probe.grpc.port };
  return undefined;
}
