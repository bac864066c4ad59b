import t from 'tap';
import type { ActorContext, Behaviour, Protocol } from '../../src/actor/index.js';
import { actorId, seededRandom } from '../../src/base/index.js';
import { transfer } from '../../src/codec/index.js';
import { SimWorld } from '../../src/sim/index.js';

const [ANN, BOB] = [actorId('ann'), actorId('bob')];

interface NoteProtocol {
  tells: { note: unknown };
  asks: object;
  streams: object;
}

/** Two linked actors under the simulator, and what happened to each. */
function twoActors() {
  const world = new SimWorld({ random: seededRandom(1), log: () => undefined });
  const events: Record<string, string[]> = { ann: [], bob: [] };
  const contexts = new Map<string, ActorContext>();
  const crashes: string[] = [];
  for (const [id, other] of [
    [ANN, BOB],
    [BOB, ANN],
  ] as const) {
    const note = (event: string): void => void events[id]?.push(event);
    const make = (context: ActorContext): Behaviour<Protocol> => {
      contexts.set(id, context);
      return {
        start: () => undefined,
        tells: {
          note: (_from: unknown, message: unknown) => {
            note(
              message instanceof Uint8Array ? `bytes ${message.join()}` : `note ${String(message)}`,
            );
          },
        },
        asks: {},
        streams: {},
        peerUp: () => {
          note('up');
        },
        peerDown: (_peer, cause) => {
          note(`down ${cause}`);
        },
        peerExited: (_peer, { cause, message }) => {
          note(`exited ${cause}: ${message}`);
        },
      };
    };
    world.define({
      id,
      links: [other],
      waits: true,
      make: () => ({ factory: make, config: {} }),
      onEnd: () => undefined,
      onCrash: ({ message }) => void crashes.push(`${id} ${message}`),
    });
  }
  world.spawn(ANN);
  world.spawn(BOB);
  const contextOf = (id: string): ActorContext => {
    const context = contexts.get(id);
    if (context === undefined) throw new Error(`${id} is not alive`);
    return context;
  };
  const tell = (from: string, message: unknown): boolean =>
    contextOf(from).tell(
      contextOf(from).ref<NoteProtocol>(from === ANN ? BOB : ANN),
      'note',
      message,
    );
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
  return { world, events, crashes, contextOf, tell, run };
}

t.test(
  'a damaged frame breaks its link under the simulator, too, and it is made anew',
  async (t) => {
    const { world, events, crashes, tell, run } = twoActors();
    await run(10);
    world.network.damageNext(ANN, BOB);
    tell(ANN, 'lost');
    await run(10);
    tell(ANN, 'again');
    await run(10);
    t.same(events, {
      ann: ['up', 'down link-broken', 'up'],
      bob: ['up', 'down link-broken', 'up', 'note again'],
    });
    for (let round = 0; round < 3; round++) {
      world.network.damageNext(ANN, BOB);
      tell(ANN, 'lost');
      await run(10);
    }
    t.match(crashes, [/^ann its link to bob broke 4 times within 60 s/]);
  },
);

t.test('what was transferred is of no more use to its sender', async (t) => {
  const { events, tell, run } = twoActors();
  await run(10);
  const bytes = new Uint8Array([1, 2, 3]);
  tell(ANN, transfer(bytes));
  await run(10);
  t.same(events['bob'], ['up', 'bytes 1,2,3']);
  t.same([...bytes], [0xdd, 0xdd, 0xdd]);
});

t.test('peers hear why a life ended, after its last message', async (t) => {
  const { world, events, contextOf, tell, run } = twoActors();
  await run(10);
  tell(ANN, 'last words');
  contextOf(BOB).monitor({ id: ANN }, ({ cause, message }) => {
    events['bob']?.push(`monitor ${cause}: ${message}`);
  });
  await run(0);
  world.kill(ANN);
  await run(10);
  t.same(events['bob'], [
    'up',
    'note last words',
    'down died',
    'exited chaos: killed on purpose',
    'monitor chaos: killed on purpose',
  ]);
});
