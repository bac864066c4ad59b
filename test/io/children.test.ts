import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { BadSpecError, type SupervisorSpec } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { startSystem } from '../../src/io/thread/index.js';
import type { DriverReport, ProbeReport } from './actors/protocol.js';
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

t.setTimeout(60_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));
const start = (tree: SupervisorSpec): TestSystem => testSystem(tree, temporaryFolder(), entryUrl);

t.test(
  'a child that is started later is linked with those that run, in both directions',
  async (t) => {
    const folder = temporaryFolder();
    const shop = child('shop', 'workshop', { file: path.join(folder, 'wal') });
    const system = start(supervisor([shop]));
    t.teardown(() => system.stop());
    await system.ready();
    const load = { target: 'shop', holds: 10, writes: 2 };
    const driver = child('driver', 'driver', load, { links: [actorId('shop')] });
    t.same(await system.startChild('root', driver), { ok: true, value: undefined });
    const report = async (): Promise<DriverReport> => {
      const found = await system.report('driver', 5000);
      if (!found.ok) throw new Error(found.error.message);
      return found.value as DriverReport;
    };
    await withinMs(10_000, 'writes over the new link', async () => {
      while ((await report()).writesAnswered < 10);
    });
    const unharmed = { incarnation: 1, restarts: 0 };
    t.match(system.actors(), [
      { id: 'shop', ...unharmed },
      { id: 'driver', state: 'running', incarnation: 1 },
    ]);

    t.same(await system.terminateChild('root', 'driver'), { ok: true, value: undefined });
    t.match(system.actors()[1], { state: 'stopped', uptimeMs: 0 });
    t.match(await system.report('driver', 100), { ok: false, error: { code: 'actor-down' } });
    t.same(await system.restartChild('root', 'driver'), { ok: true, value: undefined });
    t.match(system.actors()[1], { state: 'running', incarnation: 2 });
    await withinMs(10_000, 'writes of its second life', async () => {
      while ((await report()).writesAnswered < 10);
    });
    await system.terminateChild('root', 'driver');
    t.same(system.deleteChild('root', 'driver'), { ok: true, value: undefined });
    t.match(await system.report('driver', 100), { ok: false, error: { code: 'unknown-actor' } });
    t.ok((await system.startChild('root', driver)).ok, 'its id is free again');
    t.match(system.actors()[1], { incarnation: 3 }, 'and none of its lives is a former one');
  },
);

t.test('what cannot be is refused by name, and nothing is left of it', async (t) => {
  const system = start(supervisor([child('a', 'culprit', {})]));
  t.teardown(() => system.stop());
  await system.ready();
  const code = async (outcome: ReturnType<TestSystem['startChild']>): Promise<string> => {
    const settled = await outcome;
    return settled.ok ? 'ok' : settled.error.code;
  };
  const b = child('b', 'culprit', {});
  t.equal(await code(system.startChild('nobody', b)), 'unknown-supervisor');
  t.equal(await code(system.startChild('root', child('a', 'culprit', {}))), 'already-started');
  t.equal(await code(system.startChild('root', child('b', 'no-such-entry', {}))), 'bad-spec');
  t.equal(await code(system.restartChild('root', 'a')), 'running');
  t.equal(await code(system.restartChild('root', 'b')), 'unknown-child');
  t.match(system.deleteChild('root', 'a'), { ok: false, error: { code: 'running' } });
  const failing = child('b', 'culprit', { when: 'factory', how: 'throw' });
  t.match(await system.startChild('root', failing), {
    ok: false,
    error: { code: 'start-failed', message: 'thrown on purpose' },
  });
  t.match(system.actors(), [{ id: 'a', state: 'running', restarts: 0 }]);
  t.equal(system.actors().length, 1);
  await system.stop();
  t.equal(await code(system.startChild('root', b)), 'supervisor-stopping');
});

t.test(
  'a whole supervisor can be a child that is started later; an empty one is ready at once',
  async (t) => {
    const system = start(supervisor([]));
    t.teardown(() => system.stop());
    await system.ready();
    const inner = supervisor([child('a', 'culprit', {})], { id: actorId('inner') });
    t.ok((await system.startChild('root', inner)).ok);
    t.ok((await system.startChild('inner', child('b', 'culprit', {}))).ok);
    t.match(system.actors(), [
      { id: 'a', state: 'running' },
      { id: 'b', state: 'running' },
    ]);
    t.match(await system.startChild('root', child('b', 'culprit', {})), {
      ok: false,
      error: { code: 'bad-spec', problems: [{ path: 'id' }] },
    });
    t.ok((await system.terminateChild('root', 'inner')).ok);
    t.ok(system.deleteChild('root', 'inner').ok);
    t.same(system.actors(), []);
  },
);

t.test('a tree with mistakes is not started at all', async (t) => {
  const logFolder = path.join(mkdtempSync(path.join(temporaryFolder(), 'x')), 'logs');
  const bad = supervisor(
    [
      child('a', 'culprit', {}),
      child('a', 'no-such-entry', { f: () => undefined }),
      supervisor([], { id: actorId('empty'), intensity: -1 }),
    ],
    {},
  );
  try {
    startSystem(bad, { entryUrl, logFolder, logLevel: 'info' });
    t.fail('it was started');
  } catch (error) {
    t.ok(error instanceof BadSpecError);
    t.match(error, {
      code: 'bad-spec',
      problems: [
        { path: 'children[1].id', message: 'a is there already' },
        { path: 'children[1].entry', message: /^no code at .*no-such-entry/ },
        { path: 'children[1].config', message: /^no plain data: DataCloneError/ },
        { path: 'children[2].intensity' },
      ],
    });
  }
  t.throws(() => readFileSync(path.join(logFolder, 'main.log')), { code: 'ENOENT' });
});

t.test(
  'the log level of an actor is changed while it runs, and its next life keeps it',
  async (t) => {
    const system = start(supervisor([child('a', 'culprit', {})]));
    t.teardown(() => system.stop());
    await system.ready();
    const debugLines = (): unknown[] =>
      readFileSync(path.join(system.folder, 'logs', 'a.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('a debug line'))
        .map((line) => (JSON.parse(line) as { incarnation: number }).incarnation);
    await system.inject('a', { type: 'log' });
    t.same(debugLines(), []);
    t.ok(system.setLogLevel('a', 'debug').ok);
    await system.inject('a', { type: 'log' });
    t.same(debugLines(), [1]);
    const ready = nextEvent(system, (event) => event.type === 'ready');
    await system.kill('a');
    await ready;
    t.same(debugLines(), [1, 2], 'from the first line of that life');
    t.match(system.setLogLevel('nobody', 'debug'), { ok: false, error: { code: 'unknown-actor' } });
  },
);

t.test('a nested supervisor that restarts does not begin to count lives anew', async (t) => {
  const folder = temporaryFolder();
  const shop = child('shop', 'workshop', { file: path.join(folder, 'wal') });
  const probe = child('probe', 'probe', { target: 'shop' }, { links: [actorId('shop')] });
  const inner = supervisor([shop], { id: actorId('inner'), intensity: 0 });
  const system = start(supervisor([inner, probe]));
  t.teardown(() => system.stop());
  await system.ready();
  const reborn = nextEvent(system, (event) => event.type === 'ready' && event.id === 'shop');
  await system.inject('probe', { type: 'fail', how: 'throw' });
  t.match(await reborn, { incarnation: 2 });
  t.match(system.actors(), [{ id: 'shop', incarnation: 2, restarts: 1 }, { restarts: 0 }]);
  await withinMs(10_000, 'an answer of the second life', async () => {
    await system.inject('probe', { type: 'ask', whenDown: 'wait' });
    for (;;) {
      const report = await system.report('probe', 5000);
      const { busy, result } = (report.ok ? report.value : {}) as ProbeReport;
      if (!busy && (result as { sum?: number }).sum === 0) return;
    }
  });
});

t.test('a crash loop shows as such, with the time of the next try; a hold does not', async (t) => {
  const system = start(
    supervisor([child('a', 'culprit', {})], {
      intensity: 10,
      backoff: { minMs: 60_000, maxMs: 60_000, factor: 1, jitter: 0 },
    }),
  );
  t.teardown(() => system.stop());
  await system.ready();
  for (const again of [true, false]) {
    const ready = again ? nextEvent(system, (event) => event.type === 'ready') : undefined;
    const died = nextEvent(system, (event) => event.type === 'died');
    await system.inject('a', { type: 'throw' });
    t.match(await died, { cause: 'crash', crashesInRow: again ? 1 : 2, code: null });
    await ready;
  }
  const [status] = system.actors();
  t.match(status, { state: 'crash-looping', crashesInRow: 2, restarts: 1, incarnation: 2 });
  const waitMs = Date.parse(status?.nextStartAt ?? '') - Date.now();
  t.ok(waitMs > 30_000 && waitMs <= 60_000, 'in about a minute');
});
