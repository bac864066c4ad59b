import t from 'tap';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

/** The heart bears twice as much silence of the daemon as that. */
const STALL_SECONDS = 3;

t.test(
  'a daemon that aborts or stalls is started again by its heart, with everything in it',
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const stall = `supervision.stallSeconds=${STALL_SECONDS}`;
    await cluster.start('--set', 'nodes.count=0', '--set', stall);
    const written: string[] = [];
    const { apiServer } = await cluster.status();
    const deaths = [
      { signal: 'SIGABRT', message: 'the daemon died of SIGABRT; starting it again' },
      {
        signal: 'SIGSTOP',
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
