import t from 'tap';
import type { ActorContext, Peer } from '../../src/actor/index.js';
import type { SimEntry, SimSystem } from '../../src/sim/index.js';
import { runSimChaos, type SimChaosOptions } from './actor-chaos.js';

t.setTimeout(120_000);

const FIXED_SEEDS = [1, 2];
const STRIKES = [
  'bad start',
  'exit',
  'flood',
  'hold',
  'kill',
  'last-words',
  'slow link',
  'stall',
  'throw',
];

/** Plays one run again. */
function replay(seed: number): string {
  return `CHAOS_SEED=${String(seed)} npm test -- sim/actor-chaos`;
}

const given = process.env['CHAOS_SEED'];
const fresh = Array.from({ length: 1 }, () => Math.floor(Math.random() * 2 ** 31));
const seeds = given === undefined ? [...FIXED_SEEDS, ...fresh] : [Number(given)];

const totals: Record<string, number> = {};

for (const seed of seeds) {
  t.test(`200 actors keep every promise under chaos (seed ${String(seed)})`, async (t) => {
    t.comment(replay(seed));
    const first = await runSimChaos({ seed });
    t.same(first.broken, [], replay(seed));
    t.equal(first.failure, undefined, 'the tree is restored');
    t.ok(first.escalations > 2, 'supervisors gave up and were restarted');
    t.ok(first.deaths > 100 && first.observations > 10_000, 'there was chaos');
    const again = await runSimChaos({ seed });
    t.same(again, first, 'the same seed is the same run, bit for bit');
    for (const [name, count] of Object.entries(first.strikes))
      totals[name] = (totals[name] ?? 0) + count;
    totals['mailbox'] = Math.max(totals['mailbox'] ?? 0, first.mailboxMessagesMost);
  });
}

t.test('every kind of fault strikes, and mailboxes fill up', async (t) => {
  const { mailbox, ...strikes } = totals;
  // One seed alone need not have them all.
  t.same(Object.keys(strikes).sort(), given === undefined ? STRIKES : Object.keys(strikes).sort());
  t.ok((mailbox ?? 0) > (given === undefined ? 1000 : 0));
});

t.test('a root that gives up ends with its reason', async (t) => {
  const result = await runSimChaos({ seed: 4, actors: 20, intensity: 0 });
  t.match(
    result.failure,
    /^1 crashes within 5 s, the last of group\d: 5 crashes within 5 s, the last of /,
  );
  t.same(result.broken, []);
});

/** Hosts that break a promise on purpose, and what the checker has to say. */
const plants: Readonly<
  Record<string, { says: RegExp; plant: NonNullable<SimChaosOptions['plant']> }>
> = {
  'a message for a dead life is given to its successor': {
    says: /^a\d+#\d+: note \d+ of a\d+#\d+ was meant for life \d+$/,
    plant: { entry: withContext(givenToSuccessor) },
  },
  'the DOWN overtakes what was sent before it': {
    says: /heard \d+ of \d+ notes before the DOWN of/,
    plant: {
      system: ({ network }) => {
        network.noticeArrives = (_from, _to, nowMs) => nowMs;
      },
    },
  },
  'messages of a pair change places': {
    says: /note \d+ of a\d+#\d+ in place of/,
    plant: { options: allUnreliable(), system: outOfOrder },
  },
  'messages of a pair are lost': {
    says: /was sent after \d+|note \d+ of a\d+#\d+ in place of/,
    plant: {
      options: allUnreliable(),
      system: ({ network }) => void (network.faults.lossProbability = 0.01),
    },
  },
  'messages of a pair arrive twice': {
    says: /was handled twice/,
    plant: {
      options: allUnreliable(),
      system: ({ network }) => void (network.faults.duplicateProbability = 0.05),
    },
  },
  'the end of an ask is lost': {
    says: /^the ask a\d+#\d+:\d+ never ended$/,
    plant: { entry: withContext(losingAsks) },
  },
  'a stream ends twice': {
    says: /^the stream a\d+#\d+:\d+ ended twice$/,
    plant: { entry: withContext(endingStreamsTwice) },
  },
  'a life goes on being heard after its DOWN': {
    says: /came after the DOWN of/,
    plant: { entry: withEarlyDown },
  },
  'a mailbox has no bound': {
    says: /messages wait at/,
    plant: { options: { limits: { mailboxMessagesMax: 2 ** 30 } } },
  },
  'an actor is not restarted': {
    says: /^the tree was not restored: a2 is held$/,
    plant: { system: holdingDown },
  },
};

for (const [name, { says, plant }] of Object.entries(plants)) {
  t.test(`the checker sees that ${name}`, async (t) => {
    const { broken } = await runSimChaos({ seed: 5, actors: 50, plant });
    t.ok(
      broken.some((each) => says.test(each)),
      broken.slice(0, 5).join('; '),
    );
  });
}

function allUnreliable(): { unreliable: string[] } {
  return { unreliable: Array.from({ length: 50 }, (_, at) => `a${String(at)}`) };
}

function outOfOrder({ network }: SimSystem): void {
  let frames = 0;
  network.arrivals = (_from, _to, departMs) => [departMs + (frames++ % 4) * 100];
}

function holdingDown(system: SimSystem): void {
  const hold = (): void => void system.kill('a2', { holdMs: Infinity });
  void system.ready().then(() => {
    hold();
    system.onEvent((event) => {
      if (event.type === 'ready' && event.id === 'a2') hold();
    });
  });
}

/** The behaviour, under a host whose context is another. */
function withContext(
  change: (context: ActorContext) => Partial<ActorContext>,
): (entry: SimEntry) => SimEntry {
  return (entry) => (context, config) => entry({ ...context, ...change(context) }, config);
}

function givenToSuccessor(context: ActorContext): Partial<ActorContext> {
  const kept = new Map<string, { readonly peer: Peer; readonly message: never }>();
  return {
    tell: (to, operation, message) => {
      const peer = context.peer(to);
      const old = kept.get(to.id);
      if (peer !== undefined && old !== undefined && old.peer.incarnation < peer.incarnation) {
        kept.delete(to.id);
        return context.tell(to, operation, old.message);
      }
      if (peer !== undefined) kept.set(to.id, { peer, message: message as never });
      return context.tell(to, operation, message);
    },
  };
}

function losingAsks(context: ActorContext): Partial<ActorContext> {
  let asks = 0;
  return {
    ask: (to, operation, request, options) => {
      const result = context.ask(to, operation, request, options);
      return ++asks % 10 === 0 ? new Promise(() => undefined) : result;
    },
  };
}

function endingStreamsTwice(context: ActorContext): Partial<ActorContext> {
  return {
    openStream: (to, operation, request, handlers, options) =>
      context.openStream(
        to,
        operation,
        request,
        {
          onItem: (item) => {
            handlers.onItem(item);
          },
          onEnd: (end) => {
            handlers.onEnd(end);
            handlers.onEnd(end);
          },
        },
        options,
      ),
  };
}

/** A host that says of a life that it is down with its first message, and lets it talk on. */
function withEarlyDown(entry: SimEntry): SimEntry {
  return (context, config) => {
    const behaviour = entry(context, config);
    const peerUp = (peer: Peer): void => {
      context.clock.after(500, () => behaviour.peerDown?.(peer, 'died'));
    };
    return { ...behaviour, peerUp };
  };
}
