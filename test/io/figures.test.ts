import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { ActorEvent, SystemFigures } from '../../src/actor/index.js';
import { ThreadMeter } from '../../src/io/thread/thread-stats.js';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import { child, nextEvent, supervisor, temporaryFolder, testSystem } from './system-of.js';

t.setTimeout(60_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

const ready = (id: string, life: number) => (event: ActorEvent) =>
  event.type === 'ready' && event.id === id && event.incarnation === life;

t.test('the figures of all actors, with the causes of their restarts', async (t) => {
  const folder = temporaryFolder();
  const shop = child('shop', 'workshop', { file: path.join(folder, 'shop.wal') });
  const observer = child('observer', 'observer', {});
  const system = testSystem(
    supervisor([shop, observer], { strategy: 'rest_for_one' }),
    folder,
    entryUrl,
  );
  await system.ready();
  const { actors, process: whole } = await system.figures();
  t.match(actors, [
    {
      id: 'shop',
      state: 'running',
      restartsByCause: { crash: 0, chaos: 0, normal: 0, sibling: 0 },
      counts: { callsPending: 0 },
      thread: { gcCount: Number, gcMs: Number, loopActiveMs: Number },
    },
    { id: 'observer' },
  ]);
  const thread = actors[0]?.thread;
  t.ok(thread !== null && thread !== undefined);
  t.ok((thread?.heapUsedBytes ?? 0) > 1e6);
  t.equal(thread?.heapLimitBytes, 64 * 2 ** 20, 'the limit of the spec');
  t.ok(whole.residentBytes > 1e7 && whole.cpuMs > 0 && whole.startedWallMs < Date.now());

  const again = [nextEvent(system, ready('shop', 2)), nextEvent(system, ready('observer', 2))];
  await system.kill('shop');
  await Promise.all(again);
  t.match((await system.figures()).actors, [
    { restarts: 1, restartsByCause: { crash: 0, chaos: 1, normal: 0, sibling: 0 } },
    { restarts: 1, restartsByCause: { crash: 0, chaos: 0, normal: 0, sibling: 1 } },
  ]);

  await system.kill('shop', { holdMs: Infinity });
  const held = await system.figures();
  t.match(held.actors[0], { state: 'held', counts: null, thread: null, restarts: 1 });
  await system.stop();
});

t.test('an actor that does not answer is seen from outside, and holds up nobody', async (t) => {
  const folder = temporaryFolder();
  const shop = child('shop', 'workshop', { file: path.join(folder, 'shop.wal') });
  const system = testSystem(supervisor([shop]), folder, entryUrl);
  await system.ready();
  void system.inject('shop', { type: 'block', ms: 1500 }, 5000);
  const [first, second] = [system.figures(), system.figures()];
  t.equal(first, second, 'who asks while a round runs shares it');
  const { actors } = await withinMs(1400, 'the figures', () => first);
  t.match(actors, [{ id: 'shop', state: 'running', counts: null, thread: null }]);
  await system.stop();
});

t.test('an actor sees the whole system, life after life', async (t) => {
  const system = testSystem(supervisor([child('observer', 'observer', {})]), undefined, entryUrl);
  await system.ready();
  for (const life of [1, 2]) {
    await system.inject('observer', { type: 'look' }, 5000);
    const seen = await withinMs(5000, 'a look', async () => {
      for (;;) {
        const report = await system.report('observer', 5000);
        const found = report.ok ? (report.value as { seen?: SystemFigures }).seen : undefined;
        if (found !== undefined) return found;
      }
    });
    t.match(seen.actors, [{ id: 'observer', incarnation: life, thread: { gcCount: Number } }]);
    const rebirth = nextEvent(system, ready('observer', 2));
    if (life === 1) await system.kill('observer').then(() => rebirth);
  }
  await system.stop();
});

t.test('the log level of an actor is changed while it runs, for its next lives too', async (t) => {
  const system = testSystem(supervisor([child('observer', 'observer', {})]), undefined, entryUrl);
  await system.ready();
  const looks = (): number =>
    readFileSync(path.join(system.folder, 'logs', 'observer.log'), 'utf8').split('looking').length -
    1;
  const look = () => system.inject('observer', { type: 'look' }, 5000);
  await look();
  t.same(system.setLogLevel('observer', 'debug'), { ok: true, value: undefined });
  await look();
  t.equal(looks(), 1);
  const rebirth = nextEvent(system, ready('observer', 2));
  await system.kill('observer');
  await rebirth;
  await look();
  t.equal(looks(), 2);
  t.match(system.setLogLevel('nobody', 'debug'), { error: { code: 'unknown-actor' } });
  await system.stop();
});

t.test('the loop is as late as it was blocked, and garbage collections are counted', async (t) => {
  const meter = new ThreadMeter(20, Infinity);
  t.match(meter.read(), { loopDelayP50Ms: null, loopDelayP99Ms: null, loopDelayMaxMs: null });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
  meter.beat();
  const { loopDelayMaxMs, loopDelayP99Ms } = meter.read();
  t.ok((loopDelayMaxMs ?? 0) > 80, 'a beat that was due after 20 ms came after 120');
  t.ok((loopDelayP99Ms ?? 0) > 80);
  for (let beats = 0; beats < 120; beats++) meter.beat();
  t.ok((meter.read().loopDelayMaxMs ?? Infinity) < 80, 'it is forgotten two windows later');
  const garbage: unknown[] = [];
  await withinMs(20_000, 'a garbage collection', async () => {
    while (meter.read().gcCount === 0) {
      for (let i = 0; i < 10_000; i++) garbage[i % 100] = new Array(100).fill(i);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const { gcMs, gcMsMax } = meter.read();
  t.ok(gcMs > 0 && gcMsMax > 0 && gcMsMax <= gcMs);
});
