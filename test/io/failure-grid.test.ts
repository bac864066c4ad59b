import path from 'node:path';
import t from 'tap';
import type { RestartStrategy, RestartType } from '../../src/actor/index.js';
import type { Misdeed } from './actors/protocol.js';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import { child, supervisor, temporaryFolder, testSystem, type TestSystem } from './system-of.js';

// Real failures on real threads: kind × phase × restart type × strategy. The decisions of the supervisor are a grid of their own
// (test/actor/supervisor-grid); here each kind meets each phase, restart type and strategy, but not every mixture of them.

t.setTimeout(240_000);
const folder = temporaryFolder();
const entryUrl = await bundleActors(path.join(folder, 'actors'));

/** What the death is told as. `exit 0` is no crash. */
const REASONS: readonly (readonly [Misdeed, RegExp])[] = [
  ['throw', /^thrown on purpose$/],
  ['reject', /^rejected on purpose$/],
  ['assert', /^asserted on purpose$/],
  ['exit 0', /^ended$/],
  ['exit 1', /^exit code 1$/],
  ['heap', /memory/],
  ['loop', /^stalled|^not ready within/],
  ['recursion', /^Maximum call stack size exceeded$/],
];

const RESTARTS: readonly RestartType[] = ['permanent', 'transient', 'temporary'];
const STRATEGIES: readonly RestartStrategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];
/** A limit that no cell is to meet, also where six threads that fill their heaps share two busy processors. */
const PATIENCE_MS = 60_000;
/** Trees at the same time. */
const LANES = 6;

interface Cell {
  readonly how: Misdeed;
  readonly reason: RegExp;
  readonly restart: RestartType;
  readonly strategy: RestartStrategy;
}

/** Three cells a kind, in which each restart type and each strategy is there once; kinds take turns with the nine pairs. */
const CELLS: readonly Cell[] = REASONS.flatMap(([how, reason], kind) =>
  RESTARTS.map((restart, i) => ({
    how,
    reason,
    restart,
    strategy: STRATEGIES[(i + kind) % 3] ?? 'one_for_one',
  })),
);

/** a, then the culprit b, then c. */
function tree(cell: Cell, when: 'factory' | 'start' | 'stop' | undefined): TestSystem {
  const { how, restart, strategy } = cell;
  const config = when === undefined ? {} : { when, how };
  // The process grows by what all lanes do, which only one tree should notice.
  const heapMbMax = how === 'heap' ? 64 : 2048;
  const stallMs = how === 'loop' ? 1000 : PATIENCE_MS;
  const quick = {
    restart,
    startTimeoutMs: how === 'loop' && when === 'start' ? 1500 : PATIENCE_MS,
  };
  return testSystem(
    supervisor(
      [
        child('a', 'culprit', {}, { restart, heapMbMax: 2048 }),
        child('b', 'culprit', config, { ...quick, stallMs, shutdownMs: 1000, heapMbMax }),
        child('c', 'culprit', {}, { restart, heapMbMax: 2048 }),
      ],
      { strategy },
    ),
    path.join(folder, `${when ?? 'running'} ${how} ${restart}`.replaceAll(' ', '-')),
    entryUrl,
  );
}

async function inLanes(work: (cell: Cell) => Promise<void>): Promise<void> {
  const cells = [...CELLS];
  const lane = async (): Promise<void> => {
    for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
      const current = cell;
      const { how, restart, strategy } = current;
      await withinMs(1.5 * PATIENCE_MS, `${how} ${restart} ${strategy}`, () => work(current));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The lives of a, b and c once all that follows from the failure has been done. */
function livesAfter({ how, restart, strategy }: Cell): string {
  const restarts = restart === 'permanent' || (restart === 'transient' && how !== 'exit 0');
  if (!restarts) return '111';
  return { one_for_one: '121', one_for_all: '222', rest_for_one: '122' }[strategy];
}

const lives = (system: TestSystem): string =>
  system
    .actors()
    .map((actor) => String(actor.incarnation))
    .join('');

t.test('a failure of a running actor', async (t) => {
  await inLanes(async (cell) => {
    const name = `${cell.how} ${cell.restart} ${cell.strategy}`;
    const system = tree(cell, undefined);
    await system.ready();
    const expected = livesAfter(cell);
    const settled = new Promise<void>((resolve) => {
      system.onEvent((event) => {
        const up = system.actors().filter(({ state }) => state === 'running').length;
        const all = expected === '111' ? 2 : 3;
        const over = expected === '111' ? event.type === 'died' : event.type === 'ready';
        if (over && lives(system) === expected && up === all) resolve();
      });
    });
    await system.inject('b', { type: cell.how });
    await settled;
    const death = system.events.find((event) => event.type === 'died' && event.id === 'b');
    const cause = cell.how === 'exit 0' ? 'normal' : 'crash';
    t.match(death, { cause, message: cell.reason }, name);
    const crash = system.actors()[1]?.lastCrash;
    if (cause === 'crash') t.match(crash, { reason: cell.reason }, `${name}: it is kept`);
    await system.stop();
    t.same(await system.ended, { failure: undefined }, `${name}: and the tree stops as any other`);
    t.equal(lives(system), expected, `${name}: lives`);
  });
});

t.test('a failure of an actor that starts ends the start, with the reason', async (t) => {
  await inLanes(async (cell) => {
    const name = `${cell.how} ${cell.restart} ${cell.strategy}`;
    const system = tree(
      cell,
      cell.restart === 'transient' && cell.how !== 'loop' ? 'factory' : 'start',
    );
    // One that ends quietly has not started either.
    const told = cell.how === 'exit 0' ? 'ended before it was ready' : cell.reason.source;
    const reason = new RegExp(told.replaceAll('^', ': '));
    await t.rejects(system.ready(), { code: 'start-failed', message: reason }, name);
    t.match(await system.ended, { failure: reason });
    t.equal(lives(system), '111', `${name}: nothing is tried again`);
  });
});

t.test('a failure of an actor that stops neither hinders nor repeats anything', async (t) => {
  await inLanes(async (cell) => {
    const name = `${cell.how} ${cell.restart} ${cell.strategy}`;
    const system = tree(cell, 'stop');
    await system.ready();
    await system.stop();
    t.same(await system.ended, { failure: undefined }, name);
    t.equal(lives(system), '111', `${name}: lives`);
    t.ok(
      system.actors().every(({ state }) => state === 'stopped'),
      `${name}: all are down`,
    );
  });
});
