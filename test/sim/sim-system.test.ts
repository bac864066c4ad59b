import t from 'tap';
import type { ActorContext, ActorEvent, Behaviour, Peer, Protocol } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import type { SimEntry, SimSystem } from '../../src/sim/index.js';
import { child, simSystem, supervisor } from './system-of.js';

interface EchoProtocol {
  tells: { note: number };
  asks: { echo: { request: unknown; reply: unknown } };
  streams: { count: { request: { upTo: number }; item: number } };
}

/** Answers, and keeps what it was told: `heard` outlives its lives. */
function echo(heard: unknown[] = []): SimEntry {
  return (): Behaviour<EchoProtocol> => ({
    start: () => undefined,
    tells: { note: (from: Peer, n: number) => void heard.push([from.id, from.incarnation, n]) },
    asks: {
      echo: (call) => {
        call.reply(call.request);
      },
    },
    streams: {
      count: (call) => {
        for (let n = 1; n <= call.request.upTo; n++) call.send(n);
        call.complete();
      },
    },
    peerUp: (peer: Peer) => void heard.push(['up', peer.id, peer.incarnation]),
    peerDown: (peer: Peer) => void heard.push(['down', peer.id, peer.incarnation]),
    report: () => ({ heard: heard.length }),
  });
}

/** An actor that does what its test says, with its context. */
function free(started: (context: ActorContext) => void | Promise<void>): SimEntry {
  return (context: ActorContext): Behaviour<Protocol> => ({
    start: () => started(context),
    tells: {},
    asks: {},
    streams: {},
  });
}

type Death = Extract<ActorEvent, { type: 'died' }>;

async function nextDeath(system: SimSystem): Promise<Death> {
  const deaths: Death[] = [];
  const off = system.onEvent((event) => {
    if (event.type === 'died') deaths.push(event);
  });
  await system.runUntil(() => deaths.length > 0, 1000);
  off();
  return deaths[0]!;
}

const idle = free(() => undefined);
const a = actorId('a');
const b = actorId('b');

t.test('tells, asks and streams reach the other actor, on virtual time', async (t) => {
  const heard: unknown[] = [];
  const results: unknown[] = [];
  const asker = free(async (context) => {
    const target = context.ref<EchoProtocol>(a);
    await context.sleep(100);
    context.tell(target, 'note', 7);
    results.push(await context.ask(target, 'echo', { big: 2n ** 60n }, { timeoutMs: 1000 }));
    context.openStream(
      target,
      'count',
      { upTo: 100 },
      {
        onItem: (item) => void results.push(item),
        onEnd: ({ code }) => void results.push(code),
      },
    );
  });
  const system = simSystem(
    supervisor([child('a', 'echo'), child('b', 'asker', { links: [a] })]),
    () => ({ echo: echo(heard), asker }),
  );
  await system.settle(system.ready());
  await system.advance(1000);
  t.same(heard, [
    ['up', 'b', 1],
    ['b', 1, 7],
  ]);
  t.same(results, [
    { ok: true, value: { big: 2n ** 60n } },
    ...Array.from({ length: 100 }, (_, at) => at + 1),
    'complete',
  ]);
  t.match(system.actors(), [
    { id: 'a', state: 'running', incarnation: 1, restarts: 0, mailboxMessages: 0, lastCrash: null },
    { id: 'b', state: 'running' },
  ]);
  const report = await system.settle(system.report('a', 100));
  t.match(report, { ok: true, value: { heard: 2, counts: { messagesHandled: 3 } } });
  await system.settle(system.stop());
  t.same(system.words().slice(-3), [
    'died b1 normal undefined',
    'died a1 normal undefined',
    'ended',
  ]);
  t.same(await system.ended, { failure: undefined });
});

t.test('the same seed is the same run, bit for bit, and another seed is another', async (t) => {
  const run = async (seed: number): Promise<string> => {
    const chatter = free((context) => {
      const talk = (): void => {
        context.tell(context.ref<EchoProtocol>(a), 'note', context.random.uint32());
        context.clock.after(context.random.uint32() % 50, talk);
      };
      talk();
    });
    const system = simSystem(
      supervisor([child('a', 'echo'), child('b', 'chatter', { links: [a] })]),
      () => ({ echo: echo(), chatter }),
      { seed },
    );
    await system.advance(500);
    void system.kill('a');
    await system.advance(2000);
    return system.traceHash();
  };
  const first = await run(7);
  t.equal(await run(7), first);
  t.not(await run(8), first);
});

t.test(
  'a nested supervisor that is restarted goes on counting the lives of its children',
  async (t) => {
    const heard: unknown[] = [];
    const inner = supervisor([child('a', 'idle')], { id: actorId('inner'), intensity: 0 });
    const system = simSystem(supervisor([inner, child('b', 'echo', { links: [a] })]), () => ({
      idle,
      echo: echo(heard),
    }));
    await system.settle(system.ready());
    system.crash('a', new Error('on purpose'));
    await system.advance(1000);
    t.same(heard, [
      ['up', 'a', 1],
      ['down', 'a', 1],
      ['up', 'a', 2],
    ]);
    t.match(system.actors()[0], { state: 'running', incarnation: 2, restarts: 1 });
    t.match(system.actors()[0]?.lastCrash, { reason: 'on purpose', stack: /Error/ });
  },
);

t.test(
  'what a life sent over a slow link comes before its DOWN, and both before its successor',
  async (t) => {
    const heard: unknown[] = [];
    const talker = free((context) => {
      context.clock.after(200, () => {
        for (let n = 1; n <= 3; n++) context.tell(context.ref<EchoProtocol>(a), 'note', n);
      });
    });
    const system = simSystem(
      supervisor([
        child('a', 'echo'),
        child('b', 'talker', { links: [a] }),
        child('c', 'talker', { links: [a] }),
      ]),
      () => ({ echo: echo(heard), talker }),
    );
    await system.settle(system.ready());
    system.network.slow(b, a, 5000);
    await system.advance(210);
    void system.kill('b');
    await system.advance(1000);
    t.match(system.actors()[1], { state: 'running', incarnation: 2 }, 'the successor is up by now');
    t.ok(
      heard.some((each) => (each as unknown[])[0] === 'c'),
      'another pair is not slowed down',
    );
    t.notOk(heard.some((each) => (each as unknown[])[0] === 'b'));
    await system.advance(10_000);
    const ofB = heard.filter((each) => (each as unknown[]).includes('b'));
    t.same(ofB.slice(0, 6), [
      ['up', 'b', 1],
      ['b', 1, 1],
      ['b', 1, 2],
      ['b', 1, 3],
      ['down', 'b', 1],
      ['up', 'b', 2],
    ]);
  },
);

t.test('a loop that does not turn is found after its time, a shorter stop is none', async (t) => {
  const system = simSystem(supervisor([child('a', 'echo')]), () => ({ echo: echo() }));
  await system.settle(system.ready());
  system.stall('a', 1900);
  t.match(await system.settle(system.report('a', 500)), { ok: false, error: { code: 'timeout' } });
  await system.advance(5000);
  t.match(system.actors()[0], { state: 'running', restarts: 0 });
  const fromMs = system.nowMs;
  system.stall('a', Infinity);
  const dying = system.report('a', 60_000);
  t.match(await system.settle(dying), { ok: false, error: { code: 'actor-down' } });
  t.ok(system.nowMs - fromMs >= 2000 && system.nowMs - fromMs < 3010);
  await system.advance(100);
  t.match(system.actors()[0], { restarts: 1, lastCrash: { reason: /^stalled: its loop has not/ } });
});

t.test('a stalled edge is never terminated: the system ends with that reason', async (t) => {
  const system = simSystem(supervisor([child('a', 'echo', { kind: 'edge' })]), () => ({
    echo: echo(),
  }));
  await system.settle(system.ready());
  void system.kill('a');
  await system.advance(1000);
  t.match(system.actors()[0], { state: 'running', incarnation: 2 }, 'one that turns dies tidy');
  system.stall('a', Infinity);
  const { failure } = await system.settle(system.ended);
  t.match(failure, /^the edge a does not answer/);
});

t.test('a kill in each phase of a life: loading, starting, running, held, stopping', async (t) => {
  const slow = free((context) => context.sleep(500));
  const stuck: SimEntry = (): Behaviour<Protocol> => ({
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    stop: () => new Promise(() => undefined),
  });
  const system = simSystem(
    supervisor([child('a', 'slow'), child('b', 'stuck')], { intensity: 0 }),
    () => ({ slow, stuck }),
  );
  await system.advance(10);
  t.ok((await system.settle(system.kill('a'))).ok, 'loading');
  await system.runUntil(() => system.actors()[0]?.incarnation === 2, 1000);
  await system.advance(200);
  t.match(system.actors()[0], { state: 'starting' });
  t.ok((await system.settle(system.kill('a', { holdMs: 300 }))).ok, 'starting');
  t.match(system.actors()[0], { state: 'held', uptimeMs: 0 });
  t.match(await system.settle(system.kill('a')), { error: { code: 'actor-down' } }, 'held');
  await system.settle(system.ready());
  t.match(system.actors()[0], { state: 'running', incarnation: 3 });
  t.ok((await system.settle(system.kill('a', { holdMs: Infinity }))).ok, 'running');
  await system.advance(1_000_000);
  t.match(system.actors()[0], { state: 'held' });
  t.ok(system.release('a').ok);
  t.match(system.release('a'), { error: { code: 'not-held' } });
  await system.runUntil(() => system.words().includes('ready a4'), 1000);
  const fromMs = system.nowMs;
  const stopped = system.stop();
  await system.advance(100);
  t.match(system.actors()[1], { state: 'stopping' });
  await system.settle(stopped);
  t.ok(system.nowMs - fromMs >= 1000, 'one that does not stop is ended after its shutdown timeout');
  t.match(await system.settle(system.kill('nobody')), { error: { code: 'unknown-actor' } });
});

t.test('a start that is slow, too slow, or fails', async (t) => {
  const tree = (): SimSystem => simSystem(supervisor([child('a', 'idle')]), () => ({ idle }));
  const system = tree();
  await system.settle(system.ready());
  system.spoilNextStart('a', { extraMs: 3000 });
  await system.settle(system.kill('a'));
  t.notOk(await system.runUntil(() => system.actors()[0]?.state === 'running', 3000));
  t.ok(await system.runUntil(() => system.actors()[0]?.state === 'running', 1000), 'slow');
  system.spoilNextStart('a', { extraMs: 60_000 });
  await system.settle(system.kill('a'));
  await system.runUntil(() => system.actors()[0]?.incarnation === 4, 10_000);
  t.match(system.actors()[0]?.lastCrash, { reason: 'not ready within 5000 ms' });
  await system.runUntil(() => system.actors()[0]?.state === 'running', 1000);
  system.spoilNextStart('a', { failure: 'no such bundle' });
  await system.settle(system.kill('a'));
  await system.runUntil(() => system.actors()[0]?.incarnation === 6, 10_000);
  t.match(system.actors()[0]?.lastCrash, { reason: 'no such bundle' });
  const failing = tree();
  failing.spoilNextStart('a', { failure: 'no such bundle' });
  await failing.advance(1);
  t.equal(failing.actors()[0]?.state, 'starting');
});

t.test(
  'backoff with jitter, on virtual time: the delays that the events tell are the ones kept',
  async (t) => {
    const system = simSystem(
      supervisor([child('a', 'idle')], {
        intensity: 10,
        backoff: { minMs: 1000, maxMs: 4000, factor: 2, jitter: 0.5 },
      }),
      () => ({ idle }),
    );
    await system.settle(system.ready());
    const delays: number[] = [];
    for (let crash = 1; crash <= 5; crash++) {
      system.crash('a', new Error('on purpose'));
      const died = await nextDeath(system);
      const diedMs = system.nowMs;
      await system.runUntil(() => system.seen.at(-1)?.type === 'starting', 10_000);
      const toldMs = died.restartInMs ?? -1;
      t.ok(crash === 1 || Math.abs(system.nowMs - diedMs - toldMs) < 1e-6);
      delays.push(toldMs);
      await system.runUntil(() => system.actors()[0]?.state === 'running', 1000);
    }
    const most = [0, 1000, 2000, 4000, 4000];
    t.ok(
      delays.every((ms, at) => ms <= (most[at] ?? 0) && ms >= (most[at] ?? 0) / 2),
      String(delays),
    );
    t.equal(new Set(delays).size, 5, 'drawn by lot');
  },
);

t.test('frames are lost only on links where that was asked for', async (t) => {
  const run = async (unreliable: string[]): Promise<number> => {
    const heard: unknown[] = [];
    const talker = free((context) => {
      const talk = (n: number): void => {
        context.tell(context.ref<EchoProtocol>(a), 'note', n);
        if (n < 200)
          context.clock.after(1, () => {
            talk(n + 1);
          });
      };
      context.clock.after(100, () => {
        talk(1);
      });
    });
    const system = simSystem(
      supervisor([child('a', 'echo'), child('b', 'talker', { links: [a] })]),
      () => ({ echo: echo(heard), talker }),
      { unreliable },
    );
    Object.assign(system.network.faults, { lossProbability: 0.3, duplicateProbability: 0.1 });
    await system.advance(2000);
    return heard.filter((each) => (each as unknown[])[0] === 'b').length;
  };
  t.equal(await run([]), 200);
  const heard = await run(['a', 'b']);
  t.ok(heard > 50 && heard < 190, String(heard));
});

t.test('an actor that ends itself, and an unreadable config', async (t) => {
  const leaver = (system: () => SimSystem): SimEntry =>
    free((context) => {
      context.clock.after(100, () => system().exit('a', context.self.incarnation === 1 ? 0 : 3));
    });
  const system = simSystem(supervisor([child('a', 'leaver')]), (given) => ({
    leaver: leaver(given),
  }));
  await system.runUntil(() => system.words().includes('ready a3'), 10_000);
  t.same(
    system.words().filter((each) => each.startsWith('died')),
    ['died a1 normal 0', 'died a2 crash 100'],
    'an end that was not asked for counts as a crash does, so that the second waits',
  );
  t.match(system.actors()[0]?.lastCrash, { reason: 'exit code 3' });
  const twice = supervisor([child('a', 'idle'), child('a', 'idle')]);
  t.throws(() => simSystem(twice, () => ({ idle })), /same id/);
  const odd = supervisor([child('a', 'idle', { config: () => 1 })]);
  t.throws(() => simSystem(odd, () => ({ idle })), /not plain data/);
  t.throws(() => simSystem(supervisor([child('a', 'nothing')]), () => ({ idle })), /no entry/);
});
