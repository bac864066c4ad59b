import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
/** All that the simulator loads; what each of them imports is in `config/rooms.json`. */
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
const IMPORTS = JSON.parse(
  readFileSync(new URL('../../../config/rooms.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, { readonly imports: readonly string[] }>>;

const pool = openSeedPool();
rmSync(COPIES, { recursive: true, force: true });

/** A harness is worth what it catches: the unmodified workload must notice each bug within so many seeds. */
await Promise.all(
  Object.entries(plantedBugs).map(([name, bug], number) =>
    t.test(`it is noticed when ${name}`, { buffered: true }, async (t) => {
      const simulation = plant(bug, number);
      for (let seed = 1; seed <= bug.seedsMax; seed++) {
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

/**
 * A copy of the compiled rooms with the bug in it. Of those that the bug does not reach there is only a link: a thread has them
 * already, compiled by all that it ran before.
 */
function plant(bug: PlantedBug, number: number): string {
  const copy = new URL(`${String(number)}/`, COPIES);
  mkdirSync(copy, { recursive: true });
  const reached = reachedFrom(bug.patches.map(({ file }) => file.split('/')[0] ?? ''));
  for (const room of ROOMS) {
    const [from, to] = [new URL(room, SOURCE), new URL(room, copy)];
    if (reached.has(room)) cpSync(from, to, { recursive: true });
    else symlinkSync(fileURLToPath(from), fileURLToPath(to));
  }
  for (const patch of bug.patches) apply(patch, copy);
  return new URL('sim/index.js', copy).href;
}

/** These rooms, and whichever import them, themselves or through others. */
function reachedFrom(rooms: readonly string[]): ReadonlySet<string> {
  const reached = new Set(rooms);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const room of ROOMS)
      if (IMPORTS[room]?.imports.some((other) => reached.has(other)) === true) reached.add(room);
  }
  return reached;
}

function apply({ file, from, to }: Patch, copy: URL): void {
  const path = fileURLToPath(new URL(file, copy));
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2)
    throw new Error(`the patch of ${file} fits ${String(parts.length - 1)} places: ${from}`);
  writeFileSync(path, parts.join(to));
}
