import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import type { SupervisorSpec } from '../../src/actor/index.js';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import {
  child,
  mainLog,
  nextEvent,
  supervisor,
  temporaryFolder,
  testSystem,
  type TestSystem,
} from './system-of.js';

t.setTimeout(60_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));
const start = (tree: SupervisorSpec): TestSystem => testSystem(tree, temporaryFolder(), entryUrl);
const culprit = (id: string, more: Parameters<typeof child>[3] = {}) =>
  child(id, 'culprit', {}, { warmSpares: 1, ...more });

const restartLines = (system: TestSystem): Record<string, unknown>[] =>
  mainLog(system, 'actor restarts');

t.test('a restart takes the spare, which is replaced when all is calm', async (t) => {
  const system = start(supervisor([culprit('a'), culprit('b')]));
  t.teardown(() => system.stop());
  const warm = nextEvent(system, (event) => event.type === 'spare-ready');
  await system.ready();
  t.same(system.spares(), [{ entry: 'culprit', wanted: 1, warm: 0 }], 'none before all are up');
  await warm;
  t.same(system.spares(), [{ entry: 'culprit', wanted: 1, warm: 1 }], 'one for both');
  const refilled = nextEvent(system, (event) => event.type === 'spare-ready');
  const ready = nextEvent(system, (event) => event.type === 'ready');
  await system.inject('a', { type: 'throw' });
  t.match(await ready, { id: 'a', incarnation: 2 });
  t.match(await system.report('a', 5000), { ok: true }, 'it answers');
  await refilled;
  const [first] = restartLines(system);
  t.match(first, {
    actorId: 'a',
    life: 2,
    restart: 1,
    cause: 'crash',
    reason: 'thrown on purpose',
    usesSpare: true,
  });
  const reborn = nextEvent(system, (event) => event.type === 'ready');
  await system.kill('b');
  t.match(await reborn, { id: 'b', incarnation: 2 });
  await system.kill('b');
  t.match(restartLines(system).slice(1), [
    { actorId: 'b', cause: 'chaos', reason: 'killed on purpose', usesSpare: true },
    { actorId: 'b', life: 3, usesSpare: false },
  ]);
});

t.test('what a spare runs crashes, stalls and is limited like a cold start', async (t) => {
  // To fill a heap takes longer than a second where the processors are busy.
  const patient = culprit('a', { stallMs: 60_000 });
  const system = start(supervisor([patient, culprit('b', { stallMs: 1000 })], { intensity: 10 }));
  t.teardown(() => system.stop());
  for (const [id, misdeed, reason] of [
    ['a', 'heap', /memory/],
    ['b', 'loop', /stalled/],
  ] as const) {
    if (system.spares()[0]?.warm !== 1)
      await nextEvent(system, (event) => event.type === 'spare-ready');
    const next = (type: 'ready' | 'died') =>
      nextEvent(system, (event) => event.type === type && event.id === id);
    const ready = next('ready');
    await system.kill(id);
    await ready;
    t.match(restartLines(system).at(-1), { usesSpare: true });
    const [died, reborn] = [next('died'), next('ready')];
    await system.inject(id, { type: misdeed });
    t.match(await died, { cause: 'crash', message: reason });
    await reborn;
  }
});

t.test('a stop ends the spares too, and so does a tree that gives up', async (t) => {
  for (const how of ['stop', 'give up']) {
    const system = start(supervisor([culprit('a')], { intensity: 0 }));
    await nextEvent(system, (event) => event.type === 'spare-ready');
    if (how === 'stop') await system.stop();
    else await system.inject('a', { type: 'throw' });
    t.match(await system.ended, { failure: how === 'stop' ? undefined : /1 crashes/ });
    t.same(system.spares(), [{ entry: 'culprit', wanted: 1, warm: 0 }]);
  }
});

t.test('a spare that dies is not an actor that does, and is replaced ever later', async (t) => {
  const folder = temporaryFolder();
  const flag = path.join(folder, 'flag');
  const entry = path.join(folder, 'fragile.mjs');
  // Its code can be evaluated once, for the actor itself.
  writeFileSync(
    entry,
    `import { existsSync, writeFileSync } from 'node:fs';
     if (existsSync('${flag}')) throw new Error('no second time');
     writeFileSync('${flag}', '');
     await import('${entryUrl('culprit').href}');`,
  );
  const system = testSystem(
    supervisor([child('a', 'fragile', {}, { warmSpares: 1 })]),
    folder,
    () => pathToFileURL(entry),
  );
  t.teardown(() => system.stop());
  await system.ready();
  const warned = (): unknown[] => mainLog(system, 'a spare thread died');
  await withinMs(20_000, 'two deaths of spares', async () => {
    while (warned().length < 2) await system.report('a', 1000);
  });
  t.match(warned(), [
    { entry: 'fragile', error: { message: 'no second time' }, replacedInMs: 1000 },
    { replacedInMs: 2000 },
  ]);
  t.match(system.actors(), [{ id: 'a', state: 'running', restarts: 0, lastCrash: null }]);
});
