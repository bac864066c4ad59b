import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { actorId } from '../../src/base/index.js';
import type { ActorEvent } from '../../src/actor/index.js';
import type { ProbeReport } from './actors/protocol.js';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import {
  child,
  nextEvent,
  supervisor,
  temporaryFolder,
  testSystem,
  type TestSystem,
} from './system-of.js';

t.setTimeout(120_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

function workshop(
  more: Parameters<typeof child>[3] = {},
  driver: Parameters<typeof supervisor>[1] = {},
): TestSystem {
  const folder = temporaryFolder();
  const shop = child('shop', 'workshop', { file: path.join(folder, 'shop.wal') }, more);
  const probe = child('probe', 'probe', { target: 'shop' }, { links: [actorId('shop')] });
  return testSystem(supervisor([shop, probe], driver), folder, entryUrl);
}

const died = (id: string) => (event: ActorEvent) => event.type === 'died' && event.id === id;
const ready = (id: string, life: number) => (event: ActorEvent) =>
  event.type === 'ready' && event.id === id && event.incarnation === life;

/** Lets the probe act, and waits until it has. */
async function probe(
  system: TestSystem,
  fault: { type: string; [field: string]: unknown },
): Promise<ProbeReport> {
  const injected = await system.inject('probe', fault, 5000);
  if (!injected.ok) throw new Error(injected.error.message);
  return withinMs(10_000, `probe ${fault.type}`, async () => {
    for (;;) {
      const report = await system.report('probe', 5000);
      if (!report.ok) throw new Error(report.error.message);
      const { busy } = report.value as ProbeReport;
      if (!busy) return report.value as ProbeReport;
    }
  });
}

t.test('tells, asks and streams cross threads, in order', async (t) => {
  const system = workshop();
  await system.ready();
  const report = await probe(system, { type: 'talk', tells: 1000, items: 1000 });
  t.same(report.result, {
    sum: 499_500,
    echo: { big: '9007199254740993', bytes: [1, 2, 3], nested: { gone: true } },
    items: 1000,
    ordered: true,
    end: 'complete',
  });
  const [shop] = system.actors();
  t.match(shop, { id: 'shop', state: 'running', incarnation: 1, restarts: 0, mailboxMessages: 0 });
  t.ok((shop?.heapUsedBytes ?? 0) > 1e6);
  await system.stop();
  t.same(
    system.actors().map((actor) => actor.state),
    ['stopped', 'stopped'],
  );
});

t.test('an actor that misbehaves crashes alone, with its reason, and is restarted', async (t) => {
  const system = workshop({}, { intensity: 100 });
  await system.ready();
  let life = 1;
  for (const [how, reason] of [
    ['throw', /^thrown on purpose$/],
    ['reject', /^rejected on purpose$/],
    ['timer', /^thrown in a timer on purpose$/],
    ['allocate', /memory/],
  ] as const) {
    const death = nextEvent(system, died('shop'));
    const rebirth = nextEvent(system, ready('shop', ++life));
    await probe(system, { type: 'fail', how });
    t.match(await death, { cause: 'crash', message: reason }, how);
    t.match(system.actors()[0]?.lastCrash, { reason, stack: /\w/ });
    await rebirth;
  }
  const normal = nextEvent(system, died('shop'));
  await probe(system, { type: 'fail', how: 'exit' });
  t.match(await normal, { cause: 'normal', restartInMs: 160 }, 'it counts like a fifth crash');
  t.match(system.actors()[1], { id: 'probe', restarts: 0 });
  await system.stop();
  const log = readFileSync(path.join(system.folder, 'logs', 'shop.log'), 'utf8')
    .trim()
    .split('\n');
  const crashes = log.map(
    (line) =>
      JSON.parse(line) as { level: string; msg: string; incarnation: number; actor: string },
  );
  t.match(
    crashes[0],
    { level: 'error', msg: 'crashed', actor: 'shop', incarnation: 1 },
    'the last line of a life is in its log',
  );
});

t.test(
  'repeated crashes restart after growing delays, and too many end the tree with the reason',
  async (t) => {
    const system = workshop({}, { intensity: 3 });
    await system.ready();
    const delays: (number | undefined)[] = [];
    system.onEvent((event) => {
      if (event.type === 'died' && event.cause === 'crash') delays.push(event.restartInMs);
    });
    for (let life = 2; life <= 4; life++) {
      const rebirth = nextEvent(system, ready('shop', life));
      await probe(system, { type: 'fail', how: 'throw' });
      await rebirth;
    }
    await system.inject('probe', { type: 'fail', how: 'throw' });
    t.same(await system.ended, {
      failure: '4 crashes within 60 s, the last of shop: thrown on purpose',
    });
    t.same(delays, [0, 20, 40, undefined]);
  },
);

t.test('an actor that cannot start fails the start, with the reason', async (t) => {
  const folder = temporaryFolder();
  const system = testSystem(
    supervisor([child('shop', 'workshop', { file: '/no/such/folder/x' })]),
    folder,
    entryUrl,
  );
  await t.rejects(system.ready(), { message: /^shop did not start: ENOENT/ });
  t.match(await system.ended, { failure: /ENOENT/ });
  t.match(system.actors()[0], { lastCrash: { code: 'ENOENT' } });
});

t.test('an endless loop is found, ended and counted as a crash', async (t) => {
  const system = workshop({ stallMs: 1000 });
  await system.ready();
  const death = nextEvent(system, died('shop'));
  const rebirth = nextEvent(system, ready('shop', 2));
  const report = await probe(system, { type: 'fail', how: 'loop' });
  t.ok(report);
  t.match(await withinMs(10_000, 'the end of the stalled', () => death), {
    cause: 'crash',
    message: /^stalled: its loop has not turned for \d+ ms/,
  });
  await rebirth;
  await system.stop();
});

t.test('a long disk sync is not taken for a stall', async (t) => {
  const system = workshop({ stallMs: 1000 });
  await system.ready();
  void system.inject('shop', { type: 'block', ms: 3000, inSync: true }, 5000);
  const report = await system.report('shop', 5000);
  t.ok(report.ok, 'it answers after the sync');
  t.match(system.actors()[0], { incarnation: 1, restarts: 0 });
  void system.inject('shop', { type: 'block', ms: 3000, inSync: false }, 5000);
  const death = await nextEvent(system, died('shop'));
  t.match(death, { cause: 'crash', message: /stalled/ }, 'the same block outside of a sync is');
  await system.stop();
});

t.test(
  'a kill with a hold keeps it down; the waiting ask is answered once it is released',
  async (t) => {
    const system = workshop();
    await system.ready();
    t.ok((await system.kill('shop', { holdMs: Infinity })).ok);
    t.match(system.actors()[0], { state: 'held', uptimeMs: 0, lastCrash: null });
    t.match(await system.report('shop', 1000), { ok: false, error: { code: 'actor-down' } });
    // The probe hears of the death by the end of its port, a moment after main.
    const refused = await withinMs(5000, 'a refusal', async () => {
      for (;;) {
        const { result } = await probe(system, { type: 'ask', whenDown: 'fail' });
        t.match(result, { code: 'actor-down' });
        if (!(result as { handedOver?: boolean }).handedOver) return result;
      }
    });
    t.match(refused, { code: 'actor-down', handedOver: false });
    const rebirth = nextEvent(system, ready('shop', 2));
    const waiting = probe(system, { type: 'ask', whenDown: 'wait' });
    t.ok(system.release('shop').ok);
    t.match((await waiting).result, { sum: 0 });
    await rebirth;
    t.match(system.release('shop'), { ok: false, error: { code: 'not-held' } });
    t.match(await system.kill('nobody'), { ok: false, error: { code: 'unknown-actor' } });
    await system.stop();
  },
);

t.test('a control call to an actor that does not answer ends with its deadline', async (t) => {
  const system = workshop();
  await system.ready();
  void system.inject('shop', { type: 'block', ms: 700 }, 5000);
  const asked = await system.report('shop', 50);
  t.match(asked, { ok: false, error: { code: 'timeout' } });
  const dying = system.report('shop', 60_000);
  await system.kill('shop');
  t.match(await dying, { ok: false, error: { code: 'actor-down' } }, 'or with its death');
  await system.stop();
});

t.test('a nested supervisor that gives up is restarted by its parent', async (t) => {
  const folder = temporaryFolder();
  const shop = child('shop', 'workshop', { file: path.join(folder, 'shop.wal') });
  const probeSpec = child('probe', 'probe', { target: 'shop' }, { links: [actorId('shop')] });
  const inner = supervisor([shop], { id: actorId('inner'), intensity: 0 });
  const system = testSystem(supervisor([inner, probeSpec]), folder, entryUrl);
  await system.ready();
  const rebirth = nextEvent(system, (event) => event.type === 'ready' && event.id === 'shop');
  await probe(system, { type: 'fail', how: 'throw' });
  await rebirth;
  t.match(system.actors(), [
    { id: 'shop', state: 'running' },
    { id: 'probe', restarts: 0 },
  ]);
  t.ok((await system.report('shop', 5000)).ok);
  await system.stop();
});
