import t, { type Test } from 'tap';
import { askDaemon, dataFolder, type ClusterStatus } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { missingConfigMaps, numbered, writeConfigMaps } from './objects.js';

/** Short, so that a stop of some seconds exceeds every patience: the heart's is twice this, an edge's 5 s to die. */
const STALL_SECONDS = 2;
const STILL_MS = 6000;
/** A bound on processor time works so: so much of it, and then none until the period is over. */
const RUN_MS = 8;
const PERIOD_MS = 150;

t.test(
  'a process that stands still, or gets hardly any processor, loses no actor',
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start(
      ...['--set', 'nodes.count=1', '--set', `supervision.stallSeconds=${STALL_SECONDS}`],
    );
    const folder = dataFolder(cluster.folder);
    const well = (what: string): Promise<ClusterStatus> =>
      eventually(`ready ${what}`, async () => {
        const found = await askDaemon(folder, { verb: 'status' });
        return found.ready && found.nodes.ready === 1 && found;
      });
    const before = await well('at first');
    const written: string[] = [];
    const unharmed = async (
      t: Test,
      name: string,
      killed: readonly string[] = [],
    ): Promise<void> => {
      await well(`before the writes after ${name}`);
      const names = numbered(name, 5);
      await writeConfigMaps(cluster.kubeconfig, names);
      written.push(...names);
      const after = await well(`after ${name}`);
      t.equal(after.pid, before.pid, 'the process is the same one');
      t.same(
        after.actors.filter(({ restarts }) => restarts > 0).map(({ id }) => id),
        killed,
        'no actor was restarted by it',
      );
      t.same(await missingConfigMaps(cluster.kubeconfig, written), []);
      t.notMatch(cluster.output, /died of|does not/);
    };

    await t.test('stopped for longer than any patience', async (t) => {
      process.kill(before.pid, 'SIGSTOP');
      await wait(STILL_MS);
      process.kill(before.pid, 'SIGCONT');
      await unharmed(t, 'stopped');
    });

    await t.test('a twentieth of a processor for longer than any patience', async (t) => {
      const untilMs = performance.now() + STILL_MS;
      while (performance.now() < untilMs) {
        process.kill(before.pid, 'SIGSTOP');
        await wait(PERIOD_MS - RUN_MS);
        process.kill(before.pid, 'SIGCONT');
        await wait(RUN_MS);
      }
      await unharmed(t, 'starved');
    });

    await t.test('stopped while the edge is dying', async (t) => {
      const killing = askDaemon(folder, { verb: 'kill', target: 'gateway', holdMs: 0 });
      process.kill(before.pid, 'SIGSTOP');
      await wait(STILL_MS);
      process.kill(before.pid, 'SIGCONT');
      await killing;
      await unharmed(t, 'dying', ['gateway']);
    });
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
