import t from 'tap';
import { plantedBugs } from './planted-bugs.js';
import { replayCommand, runSeed } from './run-seed.js';

t.setTimeout(240_000);

/** A harness is worth what it catches: each bug must be found within so many seeds. */
const SEEDS_MAX = 25;

for (const [name, planted] of Object.entries(plantedBugs)) {
  t.test(`it is noticed when ${name}`, async (t) => {
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const { ok, failure } = await runSeed(seed, planted);
      if (ok) continue;
      t.pass(`${replayCommand(seed)}: ${failure ?? ''}`);
      return;
    }
    t.fail(`no seed up to ${String(SEEDS_MAX)} noticed it`);
  });
}
