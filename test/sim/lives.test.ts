import t from 'tap';
import type { ActorContext, Behaviour, Protocol } from '../../src/actor/index.js';
import { actorId, seededRandom } from '../../src/base/index.js';
import { SimWorld } from '../../src/sim/index.js';

const ANN = actorId('ann');

/** One actor under the simulator; it counts how often it was asked to stop, and takes 50 ms to do so. */
function oneActor() {
  const world = new SimWorld({ random: seededRandom(1), log: () => undefined });
  const seen = { stops: 0, crashes: [] as string[], contexts: [] as ActorContext[] };
  world.define({
    id: ANN,
    links: [],
    waits: true,
    make: () => ({
      factory: (context: ActorContext): Behaviour<Protocol> => {
        seen.contexts.push(context);
        return {
          start: () => undefined,
          tells: {},
          asks: {},
          streams: {},
          stop: async () => {
            seen.stops++;
            await context.sleep(50);
          },
        };
      },
      config: {},
    }),
    onEnd: () => undefined,
    onCrash: ({ message }) => void seen.crashes.push(message),
  });
  world.spawn(ANN);
  const run = (ms: number): Promise<void> =>
    new Promise((resolve, reject) => {
      world.run(
        world.nowMs + ms,
        () => false,
        (resume) => setImmediate(resume),
        (broken) => {
          if (broken === undefined) resolve();
          else reject(broken);
        },
      );
    });
  const context = (): ActorContext => {
    const newest = seen.contexts.at(-1);
    if (newest === undefined) throw new Error('ann has never lived');
    return newest;
  };
  return { world, seen, run, context };
}

t.test('a life that is stopping is not stopped again', async (t) => {
  const { world, seen, run } = oneActor();
  await run(1);
  let ended = 0;
  t.equal(
    world.stop(ANN, () => ended++),
    true,
  );
  await run(10);
  t.equal(
    world.stop(ANN, () => ended++),
    false,
  );
  // Busy until both would be done: what was held back comes all at once.
  world.pause(ANN, 200);
  await run(500);
  t.same([seen.stops, ended, seen.crashes], [1, 1, []]);
});

t.test('when a monotonic clock leaps, what was to come later is due, in its order', async (t) => {
  const { world, run, context } = oneActor();
  await run(1);
  const { clock } = context();
  const fired: string[] = [];
  for (const [name, delayMs] of [
    ['second', 2000],
    ['first', 1000],
    ['far', 60_000],
    ['canceled', 1500],
  ] as const) {
    const timer = clock.after(delayMs, () => fired.push(`${name} at ${String(world.nowMs)}`));
    if (name === 'canceled') timer.cancel();
  }
  const beforeMs = clock.monotonicMs();
  world.jumpClock(ANN, 5000);
  t.equal(clock.monotonicMs() - beforeMs, 5000);
  await run(1);
  t.same(fired, ['first at 1', 'second at 1']);
  await run(60_000);
  t.equal(fired.at(-1), 'far at 55001');
});

t.test('a clock that has leapt stays ahead in the next life', async (t) => {
  const { world, run, context } = oneActor();
  await run(1);
  world.jumpClock(ANN, 700);
  world.kill(ANN);
  world.spawn(ANN);
  await run(1);
  t.equal(context().clock.monotonicMs(), world.nowMs + 700);
});
