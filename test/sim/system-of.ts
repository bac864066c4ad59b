import type { ActorEvent, ChildSpec, SupervisorSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import {
  type SimEntry,
  type SimSystem,
  type SimSystemOptions,
  startSimSystem,
} from '../../src/sim/index.js';

export function child(id: string, entry: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return {
    id: actorId(id),
    component: entry,
    entry,
    config: {},
    links: [],
    restart: 'permanent',
    shutdownMs: 1000,
    kind: 'worker',
    startTimeoutMs: 5000,
    stallMs: 2000,
    heapMbMax: 64,
    ...more,
  };
}

export function supervisor(
  children: readonly (ChildSpec | SupervisorSpec)[],
  more: Partial<SupervisorSpec> = {},
): SupervisorSpec {
  return {
    id: actorId('root'),
    strategy: 'one_for_one',
    intensity: 5,
    periodMs: 60_000,
    backoff: { minMs: 100, maxMs: 1000, factor: 2, jitter: 0 },
    children,
    ...more,
  };
}

export interface TestSystem extends SimSystem {
  readonly seen: ActorEvent[];
  /** Events so far as short words: `ready a1`, `died a1 crash 0`. */
  words(): string[];
}

/** `entries` may use the system that they run in. */
export function simSystem(
  spec: SupervisorSpec,
  entries: (system: () => SimSystem) => Readonly<Record<string, SimEntry>>,
  options: Partial<SimSystemOptions> = {},
): TestSystem {
  const code = entries(() => system);
  const system = startSimSystem(spec, {
    seed: 1,
    drain: (resume) => void setImmediate(resume),
    entries: (entry) => {
      const factory = code[entry];
      if (factory === undefined) throw new Error(`no entry ${entry}`);
      return factory;
    },
    ...options,
  });
  const seen: ActorEvent[] = [];
  system.onEvent((event) => void seen.push(event));
  return Object.assign(system, { seen, words: () => seen.map(wordsOf) });
}

export function wordsOf(event: ActorEvent): string {
  switch (event.type) {
    case 'starting':
    case 'ready':
      return `${event.type} ${event.id}${String(event.incarnation)}`;
    case 'died':
      return `died ${event.id}${String(event.incarnation)} ${event.cause} ${String(event.restartInMs)}`;
    case 'spare-ready':
      return `spare of ${event.entry}`;
    case 'ended':
      return event.failure === undefined ? 'ended' : `ended: ${event.failure}`;
  }
}
