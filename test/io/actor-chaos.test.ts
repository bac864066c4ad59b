import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { defaultLinkLimits } from '../../src/actor/index.js';
import type { Observation } from '../actor/chaos/chaos-protocol.js';
import { runChaos } from '../actor/chaos/chaos-run.js';
import { chaosTree } from '../actor/chaos/chaos-tree.js';
import { bundleActors } from './bundle.js';
import { temporaryFolder, testSystem } from './system-of.js';

t.setTimeout(180_000);

/** Two hundred threads take about 11 MB each; the rest is what floods and dead threads leave to the garbage collectors. */
const RSS_BYTES_MAX = 4 * 2 ** 30;

const given = process.env['CHAOS_SEED'];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const replay = `CHAOS_SEED=${String(seed)} npm test -- io/actor-chaos`;

/** The faults and what is said follow from the seed; when threads run does not. */
t.test(`200 threads keep every promise under chaos (seed ${String(seed)})`, async (t) => {
  t.comment(replay);
  const folder = temporaryFolder();
  const observed = path.join(folder, 'observed');
  mkdirSync(observed);
  const entryUrl = await bundleActors(path.join(folder, 'actors'));
  const spec = chaosTree({
    seed,
    actors: 200,
    tickMs: 300,
    stallMs: 3000,
    startTimeoutMs: 60_000,
    folder: observed,
    // An edge that is asked to die before it has loaded has five seconds for both, which is too few where all start at once.
    edges: false,
  });
  const system = testSystem(spec, folder, entryUrl);
  let rssBytesMost = 0;
  const result = await runChaos(
    {
      system,
      pace: async (ms) => {
        await sleep(ms);
        rssBytesMost = Math.max(rssBytesMost, process.memoryUsage.rss());
      },
      settle: (promise) => promise,
      observations: () => readObservations(observed),
    },
    {
      spec,
      seed,
      steps: 20,
      stepMs: 200,
      strikesPerStep: 3,
      mailboxMessagesMax: defaultLinkLimits.mailboxMessagesMax,
    },
  );
  const { broken, ...figures } = result;
  t.comment(JSON.stringify({ ...figures, rssMbMost: Math.round(rssBytesMost / 2 ** 20) }));
  t.same(broken, [], replay);
  t.equal(result.failure, undefined, 'the tree is restored');
  t.ok(result.escalations > 0, 'supervisors gave up and were restarted');
  t.ok(result.deaths > 50 && result.observations > 5000, 'there was chaos');
  t.ok(rssBytesMost < RSS_BYTES_MAX, `${String(rssBytesMost)} bytes of memory`);
});

function readObservations(folder: string): Observation[] {
  return readdirSync(folder)
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').trim().split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Observation);
}
