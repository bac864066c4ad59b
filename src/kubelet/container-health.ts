import type { V1Container, V1Pod } from '../api/index.js';
import type { Clock } from '../base/index.js';
import type { ContainerRuntime } from '../protocol/index.js';
import type { LocalContainer } from './local-pod.js';
import type { PodEvents } from './pod-events.js';
import { probeContainer, type ProbePurpose } from './prober.js';

export interface HealthPorts {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  readonly event: PodEvents;
  readonly pod: () => V1Pod;
  /** Something turned: the pod is to be looked at. */
  readonly wake: () => void;
}

/** The health of a pod's containers: their probes, and what follows from them. */
export interface ContainerHealth {
  /** A container runs (once for each id): from now on it is ready and started as its probes say. */
  watch(container: V1Container, known: LocalContainer, containerId: string): void;
  end(name: string): void;
  endAll(): void;
}

const TITLES: Readonly<Record<ProbePurpose, string>> = {
  startup: 'Startup',
  readiness: 'Readiness',
  liveness: 'Liveness',
};

export function containerHealth({
  clock,
  runtime,
  event,
  pod,
  wake,
}: HealthPorts): ContainerHealth {
  const watched = new Map<string, { readonly containerId: string; readonly end: () => void }>();

  function restart(purpose: ProbePurpose, container: V1Container, containerId: string): void {
    event(
      'Normal',
      'Killing',
      `Container ${container.name} failed ${purpose} probe, will be restarted`,
      container,
    );
    const probe = purpose === 'liveness' ? container.livenessProbe : container.startupProbe;
    const graceSeconds =
      probe?.terminationGracePeriodSeconds ?? pod().spec?.terminationGracePeriodSeconds ?? 30;
    void runtime.stopContainer(containerId, graceSeconds).then(wake);
  }

  return {
    watch(container, known, containerId) {
      const { name } = container;
      if (watched.get(name)?.containerId === containerId) return;
      watched.get(name)?.end();
      known.ready = container.readinessProbe === undefined && container.startupProbe === undefined;
      known.started = container.startupProbe === undefined;
      const end = probeContainer(clock, runtime, containerId, container, {
        onFailure(purpose, output) {
          event('Warning', 'Unhealthy', `${TITLES[purpose]} probe failed: ${output}`, container);
        },
        onVerdict(purpose, healthy) {
          if (purpose === 'readiness') known.ready = healthy;
          else if (!healthy) restart(purpose, container, containerId);
          if (purpose === 'startup' && healthy) {
            known.started = true;
            known.ready = container.readinessProbe === undefined;
          }
          wake();
        },
      });
      watched.set(name, { containerId, end });
    },
    end(name) {
      watched.get(name)?.end();
    },
    endAll() {
      for (const { end } of watched.values()) end();
    },
  };
}
