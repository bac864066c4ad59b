import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActorEvent, ChildSpec, SupervisorSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { type ThreadActorSystem, startSystem } from '../../src/io/thread/index.js';

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

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-io-'));
  folders.push(folder);
  return folder;
}

export interface TestSystem extends ThreadActorSystem {
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
  return Object.assign(system, { folder, events });
}

/** What main has logged under a message. */
export function mainLog({ folder }: TestSystem, message: string): Record<string, unknown>[] {
  return readFileSync(path.join(folder, 'logs', 'main.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['msg'] === message);
}

/** Resolves with the first event from now on that fits. */
export function nextEvent(
  system: ThreadActorSystem,
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
