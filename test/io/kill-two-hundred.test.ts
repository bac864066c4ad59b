import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { actorId } from '../../src/base/index.js';
import { ensurePki } from '../../src/daemon/pki/index.js';
import type { DriverReport } from './actors/protocol.js';
import { bundleActors } from './bundle.js';
import { h2Load } from './h2-load.js';
import { killLoop, type KillLoopResult, percentile, withinMs } from './kill-loop.js';
import {
  child,
  nextEvent,
  supervisor,
  temporaryFolder,
  testSystem,
  type TestSystem,
} from './system-of.js';

const KILLS = 200;
const OUTSTANDING = 100;

// The threads of three systems use all cores.
t.jobs = 3;
t.setTimeout(600_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

t.test(
  'a worker actor that writes files survives 200 kills, and every ask to it ends',
  { buffered: true, timeout: 300_000 },
  async (t) => {
    const system = shopWithDriver();
    t.teardown(() => system.stop());
    await system.ready();
    const result = await killLoop(system, 'shop', KILLS, { outstanding: OUTSTANDING });
    t.comment(summary(result));
    t.ok(result.outstandingMin >= OUTSTANDING);
    const report = await driverReport(system);
    t.equal(report.lost, 0, 'no ask to a dead life is left without an end');
    t.ok((report.ended['actor-down'] ?? 0) >= KILLS * OUTSTANDING);
    t.equal(report.lives, KILLS + 1);
    t.ok(report.writesAnswered > 0);
    t.match(system.actors(), [
      { id: 'shop', restarts: KILLS, lastCrash: null },
      { id: 'driver', restarts: 0 },
    ]);
    await system.stop();
  },
);

t.test(
  'the asking side survives 50 kills, and its asks are canceled',
  { buffered: true, timeout: 300_000 },
  async (t) => {
    const system = shopWithDriver();
    t.teardown(() => system.stop());
    await system.ready();
    const result = await killLoop(system, 'driver', 50, {
      outstanding: OUTSTANDING,
      outstandingNow: async () => (await driverReport(system)).pending,
    });
    t.comment(summary(result));
    await system.kill('driver', { holdMs: Infinity });
    const pending = async (): Promise<number> => {
      const report = await system.report('shop', 5000);
      return report.ok
        ? (report.value as { counts: { callsPending: number } }).counts.callsPending
        : -1;
    };
    await withinMs(15_000, 'canceling what a dead caller asked for', async () => {
      while ((await pending()) !== 0);
    });
    await system.stop();
  },
);

t.test(
  'an edge with HTTP/2 over TLS survives 200 kills under load, as it dies tidy',
  { buffered: true, timeout: 300_000 },
  async (t) => {
    const folder = temporaryFolder();
    const config = await frontConfig(folder);
    const system = testSystem(
      supervisor([
        child('shop', 'workshop', { file: path.join(folder, 'shop.wal') }),
        child('front', 'front', config, { kind: 'edge', links: [actorId('shop')] }),
      ]),
      folder,
      entryUrl,
    );
    t.teardown(() => system.stop());
    await system.ready();
    const load = h2Load(config.port, 3, 40);
    t.teardown(() => load.close());
    load.open();
    const result = await killLoop(system, 'front', KILLS, {
      outstanding: OUTSTANDING,
      outstandingNow: async () => {
        const report = await system.report('front', 5000);
        return report.ok ? (report.value as { open: number }).open : 0;
      },
      afterEach: () => {
        load.open();
      },
    });
    t.comment(
      `${summary(result)}; ${String(load.answered())} answered, ${String(load.broken())} broken off`,
    );
    t.ok(result.outstandingMin >= OUTSTANDING);
    t.ok(load.broken() >= KILLS * OUTSTANDING, 'requests to a dead life are broken off');
    t.match(system.actors(), [
      { id: 'shop', restarts: 0 },
      { id: 'front', restarts: KILLS, lastCrash: null },
    ]);
    await system.stop();
    await load.close();
  },
);

t.test(
  'an edge that throws under load dies tidy too, and so does one that is stopped',
  { buffered: true, timeout: 300_000 },
  async (t) => {
    const folder = temporaryFolder();
    const config = await frontConfig(folder);
    const front = child('front', 'front', config, { kind: 'edge' });
    const system = testSystem(
      supervisor([front], {
        intensity: 1000,
        backoff: { minMs: 1, maxMs: 1, factor: 1, jitter: 0 },
      }),
      folder,
      entryUrl,
    );
    t.teardown(() => system.stop());
    await system.ready();
    const load = h2Load(config.port, 3, 40);
    t.teardown(() => load.close());
    const open = async (): Promise<number> => {
      const report = await system.report('front', 5000);
      return report.ok ? (report.value as { open: number }).open : 0;
    };
    for (let life = 1; life <= 20; life++) {
      await withinMs(15_000, `life ${life}`, async () => {
        load.open();
        while ((await open()) < OUTSTANDING);
        const death = nextEvent(system, (event) => event.type === 'died');
        const rebirth = nextEvent(
          system,
          (event) => event.type === 'ready' && event.incarnation === life + 1,
        );
        load.requestOnce('/throw');
        t.match(await death, { cause: 'crash', message: 'thrown in an edge on purpose' });
        await rebirth;
      });
    }
    load.open();
    await withinMs(15_000, 'the last load', async () => {
      while ((await open()) < OUTSTANDING);
    });
    await system.stop();
    await load.close();
    t.match(system.actors(), [{ state: 'stopped', restarts: 20 }]);
  },
);

/** A worker, and another that keeps a hundred asks to it outstanding. */
function shopWithDriver(): TestSystem {
  const folder = temporaryFolder();
  const load = { target: 'shop', holds: OUTSTANDING, writes: 20 };
  return testSystem(
    supervisor([
      child('shop', 'workshop', { file: path.join(folder, 'shop.wal') }),
      child('driver', 'driver', load, { links: [actorId('shop')] }),
    ]),
    folder,
    entryUrl,
  );
}

interface FrontConfig {
  readonly port: number;
  readonly certificate: string;
  readonly privateKey: string;
}

async function frontConfig(folder: string): Promise<FrontConfig> {
  mkdirSync(path.join(folder, 'pki'));
  const pki = await ensurePki(path.join(folder, 'pki'), ['localhost', '127.0.0.1']);
  const { certificate, privateKey } = pki.serving;
  return { port: await freePort(), certificate, privateKey };
}

async function driverReport(system: TestSystem): Promise<DriverReport> {
  const report = await system.report('driver', 5000);
  if (!report.ok) throw new Error(report.error.message);
  return report.value as DriverReport;
}

function summary({ kills, deathMs, rebirthMs, outstandingMin }: KillLoopResult): string {
  const ms = (values: readonly number[]): string =>
    `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`;
  return `${String(kills)} kills, at least ${String(outstandingMin)} outstanding; death ${ms(deathMs)}; ready again ${ms(rebirthMs)}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
