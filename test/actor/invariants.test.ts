import fc from 'fast-check';
import t from 'tap';
import type { ActorContext, Behaviour, OverflowPolicy, Peer } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import type { FrameRecords } from '../../src/codec/index.js';
import { createFakeNetwork, type FakeActor, type FakeNetwork } from './fake-network.js';

/**
 * Random floods, asks, streams, crashes, damaged and lost frames among three actors. Whatever happens: order between a pair is
 * kept, nothing reaches a life that it was not sent to or comes after the DOWN of its sender, each ask and each stream ends
 * exactly once, and no queue outgrows its bound.
 */
const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];
const LIMITS = {
  mailboxMessagesMax: 32,
  sliceMessagesMax: 5,
  asksMax: 16,
  streamsMax: 8,
  streamQueueItemsMax: 20,
  tellQueueMessagesMax: 8,
};
const TIMEOUT_MS = 50;

type Command =
  | {
      readonly type: 'tell';
      readonly from: Name;
      readonly to: Name;
      readonly count: number;
      readonly overflow: OverflowPolicy;
    }
  | {
      readonly type: 'ask';
      readonly from: Name;
      readonly to: Name;
      readonly cancels: boolean;
      readonly waits: boolean;
      readonly held: boolean;
    }
  | { readonly type: 'stream'; readonly from: Name; readonly to: Name; readonly items: number }
  | { readonly type: 'crash'; readonly who: Name }
  | { readonly type: 'damage' | 'lose'; readonly who: Name }
  | { readonly type: 'steps'; readonly count: number }
  | { readonly type: 'advance'; readonly ms: number };

const name = fc.constantFrom(...NAMES);
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('tell' as const),
        from: name,
        to: name,
        count: fc.integer({ min: 1, max: 60 }),
        overflow: fc.constantFrom<OverflowPolicy>('reject', 'drop-oldest', 'block'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('ask' as const),
        from: name,
        to: name,
        cancels: fc.boolean(),
        waits: fc.boolean(),
        held: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('stream' as const),
        from: name,
        to: name,
        items: fc.integer({ min: 0, max: 40 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('crash' as const), who: name }) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constantFrom('damage' as const, 'lose' as const),
        who: name,
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('steps' as const),
        count: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('advance' as const),
        ms: fc.integer({ min: 1, max: 60 }),
      }),
    },
  ),
  { maxLength: 60 },
);

interface Numbered {
  readonly from: Peer;
  /** The life that it was sent to. */
  readonly to: Peer;
  readonly number: number;
}

/** Any life: the request waits for one. */
const NOBODY: Peer = { id: actorId('nobody'), incarnation: 0 as Peer['incarnation'] };

interface ChaosProtocol {
  tells: { number: Numbered };
  asks: { echo: { request: Numbered & { readonly held: boolean }; reply: number } };
  streams: { count: { request: { readonly items: number }; item: number } };
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const keyOf = (peer: Peer): string => `${peer.id}#${String(peer.incarnation)}`;

/** An actor that checks what reaches it. What it throws crashes it, and the run finds the crash. */
function checking(context: ActorContext): Behaviour<ChaosProtocol> {
  const newest = new Map<string, number>();
  const dead = new Set<string>();
  const held: (() => void)[] = [];
  const arrived = (from: Peer, { to, number, from: sender }: Numbered): void => {
    const key = keyOf(from);
    check(keyOf(sender) === key, 'a message under a wrong name');
    check(to.incarnation === 0 || keyOf(to) === keyOf(context.self), 'sent to another life');
    check(!dead.has(key), 'a message after the DOWN of its sender');
    check(number > (newest.get(key) ?? 0), `${String(number)} after ${String(newest.get(key))}`);
    newest.set(key, number);
  };
  return {
    start: () => undefined,
    tells: { number: arrived },
    asks: {
      echo: (call) => {
        arrived(call.from, call.request);
        const answer = (): void => {
          call.reply(call.request.number);
        };
        if (call.request.held) held.push(answer);
        else answer();
        if (held.length > 3) held.shift()?.();
      },
    },
    streams: {
      count: (call) => {
        for (let item = 1; item <= call.request.items; item++) call.send(item);
        call.complete();
      },
    },
    peerDown: (peer, cause) => {
      check(!dead.has(keyOf(peer)), 'a second DOWN');
      if (cause === 'died') dead.add(keyOf(peer));
    },
    peerUp: (peer) => {
      check(!dead.has(keyOf(peer)), 'up again after its death');
    },
    turnEnd: () => {
      held.shift()?.();
    },
  };
}

class Chaos {
  readonly #network: FakeNetwork;
  readonly #alive = new Map<Name, FakeActor>();
  /** Asks and streams that have not ended. Those of the dead never do. */
  readonly #open = new Map<FakeActor, number>();
  #number = 0;
  #damaged: Name | undefined;
  #lost: Name | undefined;

  constructor(records: FrameRecords) {
    this.#network = createFakeNetwork({ limits: LIMITS, records });
    this.#network.damageFrames((from, _to, frame) => {
      if (this.#damaged !== from.id) return;
      this.#damaged = undefined;
      frame.fill(0xff, frame.length >> 1);
    });
    this.#network.loseFrames((from) => {
      if (records === 'connection' || this.#lost !== from.id) return false;
      this.#lost = undefined;
      return true;
    });
    for (const each of NAMES) this.#spawn(each);
  }

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'tell':
        for (let i = 0; i < command.count; i++) this.#tell(command);
        break;
      case 'ask':
        this.#ask(command);
        break;
      case 'stream':
        this.#stream(command);
        break;
      case 'crash':
        this.#restart(this.#of(command.who));
        break;
      case 'damage':
        this.#damaged = command.who;
        break;
      case 'lose':
        this.#lost = command.who;
        break;
      case 'steps':
        for (let i = 0; i < command.count; i++) await this.#network.step();
        break;
      case 'advance':
        await this.#network.advance(command.ms);
        break;
    }
    for (const actor of [...this.#alive.values()]) this.#checkActor(actor);
  }

  /** All comes to rest: nothing waits any more. */
  async end(): Promise<void> {
    this.#damaged = this.#lost = undefined;
    for (let round = 0; round < 4; round++) {
      // A lost frame is noticed by the one behind it.
      for (const from of NAMES)
        for (const to of NAMES) this.#tell({ type: 'tell', from, to, count: 1, overflow: 'block' });
      await this.#network.advance(5 * TIMEOUT_MS);
      for (const actor of [...this.#alive.values()]) this.#checkActor(actor);
    }
    for (const actor of this.#alive.values()) {
      const { asksPending, mailboxMessages, tellsQueued, streamsConsumed } = actor.core.counts();
      const left = { asksPending, mailboxMessages, tellsQueued, streamsConsumed };
      check(
        Object.values(left).every((count) => count === 0),
        `${actor.peer.id} still has ${JSON.stringify(left)}`,
      );
      check(this.#open.get(actor) === 0, 'an ask or a stream never ended');
    }
  }

  #of(which: Name): FakeActor {
    const actor = this.#alive.get(which);
    if (actor === undefined) throw new Error(`${which} is not alive`);
    return actor;
  }

  #spawn(which: Name): void {
    const others = NAMES.filter((each) => each !== which);
    const actor = this.#network.spawn<ChaosProtocol>(which, others, checking);
    this.#alive.set(which, actor);
    this.#open.set(actor, 0);
    for (const other of others) {
      const known = this.#alive.get(other);
      if (known !== undefined) this.#network.connect(actor, known);
    }
  }

  /** What it sent arrives, then its death, and then its next life. */
  #restart(actor: FakeActor): void {
    this.#network.end(actor, { cause: 'crash', message: 'chaos' });
    this.#spawn(actor.peer.id as string as Name);
  }

  #tell({ from, to, overflow }: Extract<Command, { type: 'tell' }>): void {
    const { context, peer } = this.#of(from);
    const ref = context.ref<ChaosProtocol>(actorId(to), { overflow });
    const number = ++this.#number;
    const told = context.tell(ref, 'number', {
      from: peer,
      to: context.peer(ref) ?? NOBODY,
      number,
    });
    check(!told || context.peer(ref) !== undefined, 'told to nobody');
  }

  #ask({ from, to, cancels, waits, held }: Extract<Command, { type: 'ask' }>): void {
    const actor = this.#of(from);
    const { context, peer } = actor;
    const ref = context.ref<ChaosProtocol>(actorId(to));
    // One that waits may be answered by the next life.
    const life = waits ? NOBODY : (context.peer(ref) ?? NOBODY);
    const number = ++this.#number;
    let cancel = (): void => undefined;
    this.#count(actor, 1);
    const asked = context.ask(
      ref,
      'echo',
      { from: peer, to: life, number, held },
      {
        timeoutMs: TIMEOUT_MS,
        whenDown: waits ? 'wait' : 'fail',
        onCancelable: (given) => {
          cancel = given;
        },
      },
    );
    void asked.then((result) => {
      this.#count(actor, -1);
      if (result.ok && result.value !== number) this.#failures.push('the answer of another ask');
    });
    if (cancels) cancel();
  }

  #stream({ from, to, items }: Extract<Command, { type: 'stream' }>): void {
    const actor = this.#of(from);
    let over = false;
    let last = 0;
    this.#count(actor, 1);
    actor.context.openStream(
      actor.context.ref<ChaosProtocol>(actorId(to)),
      'count',
      { items },
      {
        onItem: (item) => {
          check(!over, 'an item after the end');
          check(item === last + 1, `item ${String(item)} after ${String(last)}`);
          last = item;
        },
        onEnd: ({ code }) => {
          check(!over, 'a second end');
          check(code !== 'complete' || last === items, 'complete, but not whole');
          over = true;
          this.#count(actor, -1);
        },
      },
      { windowItems: 4 },
    );
  }

  readonly #failures: string[] = [];

  #count(actor: FakeActor, change: number): void {
    this.#open.set(actor, (this.#open.get(actor) ?? 0) + change);
  }

  #checkActor(actor: FakeActor): void {
    const { mailboxMessages, tellsQueued, asksPending, streamsConsumed } = actor.core.counts();
    const peers = NAMES.length - 1;
    // Requests need credit; replies and items are bounded by the asks and windows that they belong to.
    const answers = LIMITS.asksMax + LIMITS.streamsMax * 5;
    check(mailboxMessages <= peers * (LIMITS.mailboxMessagesMax + answers), 'a mailbox too full');
    check(tellsQueued <= peers * LIMITS.tellQueueMessagesMax, 'too many tells wait');
    check(asksPending <= peers * LIMITS.asksMax, 'too many asks');
    check(streamsConsumed <= LIMITS.streamsMax, 'too many streams');
    check(this.#failures.length === 0, this.#failures.join());
    const [crash] = actor.crashes;
    if (crash === undefined) return;
    // An actor may be ended for its damaged frames, and for nothing else.
    check(/^its link to/.test(crash.message), `${actor.peer.id} crashed: ${crash.stack ?? ''}`);
    this.#restart(actor);
  }
}

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
t.comment(`seed ${String(seed)} (SEED=${String(seed)} replays)`);

for (const records of ['connection', 'frame'] as const) {
  t.test(`whatever happens, the guarantees hold (records by ${records})`, async (t) => {
    await fc.assert(
      fc.asyncProperty(commands, async (run) => {
        const chaos = new Chaos(records);
        for (const command of run) await chaos.run(command);
        await chaos.end();
      }),
      { seed, numRuns: 100 },
    );
    t.pass('in all runs');
  });
}
