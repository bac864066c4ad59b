import t from 'tap';
import { askDaemon, dataFolder, type ActorLine } from '../../src/daemon/index.js';
import { Cluster, eventually } from './cluster.js';
import { openLoad } from './load.js';

const KILLS = 200;
const REQUESTS = 110;
const OUTSTANDING_MIN = 100;
/** What is killed together: all that stands around the API server, and the API server. */
const STEPS = [
  ['store', 'scheduler', 'controller-manager', 'kubelet', 'kube-proxy', 'gateway'],
  ['api-server'],
] as const;

t.test(
  'every kind of actor dies two hundred times under a hundred requests, and the process lives',
  { timeout: 880_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start('--set', 'log.level=error');
    const folder = dataFolder(cluster.folder);
    const { pid } = await cluster.status();
    const load = await openLoad(cluster);
    t.teardown(() => {
      load.stop();
    });
    const kills = new Map<string, number>();

    const actors = (): Promise<readonly ActorLine[]> => askDaemon(folder, { verb: 'actors' });
    const victims = async (components: readonly string[], round: number): Promise<ActorLine[]> => {
      const all = await actors();
      return components.map((component) => {
        const candidates = all.filter((actor) => actor.component === component);
        const victim = candidates[round % candidates.length];
        if (victim === undefined) throw new Error(`no ${component}`);
        return victim;
      });
    };
    /** Kills all of them at once; resolves when each of them runs again. */
    async function kill(chosen: readonly ActorLine[]): Promise<void> {
      await Promise.all(
        chosen.map(({ id }) => askDaemon(folder, { verb: 'kill', target: id, holdMs: 0 })),
      );
      await eventually(`${chosen.map(({ id }) => id).join(', ')} to run again`, async () => {
        const now = new Map((await actors()).map((actor) => [actor.id, actor]));
        return chosen.every(({ id, incarnation }) => {
          const actor = now.get(id);
          return actor?.state === 'running' && actor.incarnation > incarnation;
        });
      });
      for (const { component } of chosen) kills.set(component, (kills.get(component) ?? 0) + 1);
    }
    let fewest = Infinity;
    for (let round = 0; round < KILLS; round++) {
      for (const components of STEPS) {
        const chosen = await victims(components, round);
        const answers: Promise<void>[] = [];
        do {
          answers.push(load.burst(REQUESTS));
          await load.arrived();
        } while (load.outstanding < OUTSTANDING_MIN);
        fewest = Math.min(fewest, load.outstanding);
        await kill(chosen);
        await Promise.all(answers);
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
