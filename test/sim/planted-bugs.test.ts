import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { plantedBugs } from './planted-bugs.js';
import type { Patch, PlantedBug } from './planted-bugs.js';
import { openSeedPool } from './seed-pool.js';

t.setTimeout(240_000);
// As many bugs at a time as the pool has threads.
t.jobs = availableParallelism();

const SOURCE = new URL('../../src/', import.meta.url);
const COPIES = new URL('../../../.cache/planted-bugs/', import.meta.url);
/** All that the simulator loads. */
const ROOMS = [
  'base',
  'codec',
  'raft',
  'mvcc',
  'protocol',
  'actor',
  'elections',
  'store',
  'checker',
  'sim',
];

const pool = openSeedPool();
rmSync(COPIES, { recursive: true, force: true });

/** A harness is worth what it catches: the unmodified workload must notice each bug within so many seeds. */
await Promise.all(
  Object.entries(plantedBugs).map(([name, bug], number) =>
    t.test(`it is noticed when ${name}`, { buffered: true }, async (t) => {
      const simulation = plant(bug, number);
      for (const seed of seedsOf(bug)) {
        const { ok, failure } = await pool.run(seed, simulation);
        if (ok) continue;
        t.pass(`seed ${String(seed)}: ${failure ?? ''}`);
        return;
      }
      t.fail(`no seed up to ${String(bug.seedsMax)} noticed it`);
    }),
  ),
);
await pool.close();
rmSync(COPIES, { recursive: true, force: true });

function seedsOf({ seedsMax, knownSeed }: PlantedBug): readonly number[] {
  const seeds = Array.from({ length: seedsMax }, (_, at) => at + 1);
  return knownSeed === undefined ? seeds : [knownSeed, ...seeds];
}

/** A copy of the compiled rooms with the bug in it. */
function plant(bug: PlantedBug, number: number): string {
  const copy = new URL(`${String(number)}/`, COPIES);
  mkdirSync(copy, { recursive: true });
  for (const room of ROOMS) cpSync(new URL(room, SOURCE), new URL(room, copy), { recursive: true });
  for (const patch of bug.patches) apply(patch, copy);
  return new URL('sim/index.js', copy).href;
}

function apply({ file, from, to }: Patch, copy: URL): void {
  const path = fileURLToPath(new URL(file, copy));
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`the patch of ${file} fits ${String(parts.length - 1)} places: ${from}`);
  writeFileSync(path, parts.join(to));
}
