import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

/**
 * In the daemon: at SIGUSR2 a thread asks for one array beyond V8's heap limit, which is a FATAL ERROR of
 * the process. No actor comes so far (test/io/limits), so this one is not an actor. At SIGWINCH main's loop turns no more.
 */
const FATAL_THREAD = `
if (process.argv[1]?.endsWith('daemon/main.js') && require('node:worker_threads').isMainThread) {
  process.on('SIGWINCH', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  process.on('SIGUSR2', () => {
    new (require('node:worker_threads').Worker)(
      'new Array(1e8).fill(0)',
      { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } },
    );
  });
}
`;

/** The heart bears twice as much silence of the daemon as that. */
const STALL_SECONDS = 3;

t.test(
  'a daemon that aborts or stalls is started again by its heart, with everything in it',
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const stall = `supervision.stallSeconds=${STALL_SECONDS}`;
    const preload = path.join(cluster.folder, 'fatal.cjs');
    writeFileSync(preload, FATAL_THREAD);
    process.env['NODE_OPTIONS'] = `--require ${preload}`;
    await cluster.start('--set', 'nodes.count=0', '--set', stall);
    const written: string[] = [];
    const { apiServer } = await cluster.status();
    const deaths = [
      { signal: 'SIGABRT', message: 'the daemon died of SIGABRT; starting it again' },
      { signal: 'SIGUSR2', message: 'FATAL ERROR' },
      {
        signal: 'SIGWINCH',
        message: 'the daemon died of a stall of its main thread; starting it again',
      },
    ] as const;
    for (const { signal, message } of deaths) {
      const names = numbered(signal.toLowerCase(), 5);
      await writeConfigMaps(cluster.kubeconfig, names);
      written.push(...names);
      const { pid } = await cluster.status();
      process.kill(pid, signal);
      const after = await eventually(`a new daemon after ${signal}`, async () => {
        if (!cluster.output.includes(message)) return false;
        const found = await cluster.status();
        return found.ready && found.pid !== pid && found;
      });
      t.equal(after.apiServer.url, apiServer.url, 'it listens where it did');
      t.same(await missingConfigMaps(cluster.kubeconfig, written), [], `after ${signal}`);
    }
    t.equal(await cluster.end('SIGTERM'), 0);
    t.equal(cluster.output.match(/^ready /gm)?.length, 1 + deaths.length);
  },
);
