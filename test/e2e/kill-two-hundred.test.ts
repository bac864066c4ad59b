import t from 'tap';
import { askDaemon, dataFolder, type ActorLine } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { startLoad } from './load.js';

const KILLS = 200;
const OUTSTANDING_MIN = 100;
/** What is killed together: all that stands around the API server, and the API server. */
const STEPS = [
  ['store', 'scheduler', 'controller-manager', 'kubelet', 'kube-proxy', 'gateway'],
  ['api-server'],
] as const;

t.test(
  'every kind of actor dies two hundred times under a hundred requests, and the process lives',
  { timeout: 600_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start('--set', 'log.level=error');
    const folder = dataFolder(cluster.folder);
    const { pid } = await cluster.status();
    const load = await startLoad(cluster, 160);
    t.teardown(() => {
      load.stop();
    });
    const kills = new Map<string, number>();

    const actors = (): Promise<readonly ActorLine[]> => askDaemon(folder, { verb: 'actors' });
    async function killOne(component: string, round: number): Promise<void> {
      const candidates = (await actors()).filter((actor) => actor.component === component);
      const victim = candidates[round % candidates.length];
      if (victim === undefined) throw new Error(`no ${component}`);
      await askDaemon(folder, { verb: 'kill', target: victim.id, holdMs: 0 });
      await eventually(`${victim.id} to run again`, async () => {
        const now = (await actors()).find((actor) => actor.id === victim.id);
        return now?.state === 'running' && now.incarnation > victim.incarnation;
      });
      kills.set(component, (kills.get(component) ?? 0) + 1);
    }
    let fewest = Infinity;
    for (let round = 0; round < KILLS; round++) {
      for (const components of STEPS) {
        await eventually(
          'a hundred outstanding requests',
          async () => load.outstanding >= OUTSTANDING_MIN,
        );
        fewest = Math.min(fewest, load.outstanding);
        await Promise.all(components.map((component) => killOne(component, round)));
      }
    }
    load.stop();
    t.same(
      [...kills.values()],
      STEPS.flat().map(() => KILLS),
    );
    t.ok(
      fewest >= OUTSTANDING_MIN,
      `${fewest} requests were outstanding at the least, ${load.answered} were answered`,
    );
    t.ok(load.answered > 1000, `${load.answered} answers`);
    const after = await eventually('ready', async () => {
      const status = await cluster.status();
      return status.ready && status;
    });
    t.equal(after.pid, pid, 'the process is the same one');
    t.notMatch(cluster.output, /died of/);
    t.equal(await cluster.end('SIGTERM'), 0);
  },
);
