import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActorEvent, ChildSpec, SupervisorSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { type ActorSystem, startSystem } from '../../src/io/thread/index.js';

export function child(
  id: string,
  entry: string,
  config: unknown,
  more: Partial<ChildSpec> = {},
): ChildSpec {
  return {
    id: actorId(id),
    component: entry,
    entry,
    config,
    links: [],
    restart: 'permanent',
    shutdownMs: 2000,
    kind: 'worker',
    startTimeoutMs: 20_000,
    stallMs: 10_000,
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
    backoff: { minMs: 20, maxMs: 200, factor: 2, jitter: 0 },
    children,
    ...more,
  };
}

/** Removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-io-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface TestSystem extends ActorSystem {
  readonly folder: string;
  readonly events: ActorEvent[];
}

/** Actors run unbundled from the compiled output, beside this file, unless `entryUrl` says otherwise. */
export function testSystem(
  spec: SupervisorSpec,
  folder = temporaryFolder(),
  entryUrl?: (entry: string) => URL,
): TestSystem {
  const system = startSystem(spec, {
    entryUrl: entryUrl ?? ((entry) => new URL(`./actors/${entry}.js`, import.meta.url)),
    logFolder: path.join(folder, 'logs'),
    logLevel: 'info',
  });
  const events: ActorEvent[] = [];
  system.onEvent((event) => {
    events.push(event);
  });
  return { ...bound(system), folder, events };
}

function bound(system: ActorSystem): ActorSystem {
  return {
    ready: () => system.ready(),
    ended: system.ended,
    actors: () => system.actors(),
    figures: () => system.figures(),
    report: (id, timeoutMs) => system.report(id, timeoutMs),
    kill: (id, options) => system.kill(id, options),
    release: (id) => system.release(id),
    inject: (id, fault, timeoutMs) => system.inject(id, fault, timeoutMs),
    setLogLevel: (id, level) => system.setLogLevel(id, level),
    stop: () => system.stop(),
    onEvent: (listener) => system.onEvent(listener),
  };
}

/** Resolves with the first event from now on that fits. */
export function nextEvent(
  system: ActorSystem,
  fits: (event: ActorEvent) => boolean,
): Promise<ActorEvent> {
  return new Promise((resolve) => {
    const off = system.onEvent((event) => {
      if (!fits(event)) return;
      off();
      resolve(event);
    });
  });
}
