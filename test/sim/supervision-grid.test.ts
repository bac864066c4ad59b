import t from 'tap';
import type {
  ActorContext,
  Behaviour,
  Protocol,
  RestartStrategy,
  RestartType,
} from '../../src/actor/index.js';
import { actorId, assert, ok } from '../../src/base/index.js';
import type { SimEntry, SimSystem } from '../../src/sim/index.js';
import { child, simSystem, supervisor, type TestSystem } from './system-of.js';

/** Failures of a start, and failures while it handles a message. */
const START_FAILURES = ['throw in factory', 'throw in start', 'rejected start'] as const;
const MESSAGE_FAILURES = ['throw', 'rejected promise', 'assertion', 'stall', 'exit'] as const;
/** Of the tree, when the failure strikes. A start that fails while the tree runs, or stops, is the one of a second life. */
const PHASES = ['starting', 'running', 'stopping'] as const;
const RESTARTS: readonly RestartType[] = ['permanent', 'transient', 'temporary'];
const STRATEGIES: readonly RestartStrategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];

interface Cell {
  readonly failure: (typeof START_FAILURES)[number] | (typeof MESSAGE_FAILURES)[number];
  readonly phase: (typeof PHASES)[number];
  readonly restart: RestartType;
  readonly strategy: RestartStrategy;
}

interface Outcome {
  /** Of `b`, which fails: how its supervisor took it. */
  readonly cause: string;
  /** Why the tree ended at last, `none` where it was asked to; undefined where it runs. */
  readonly failure: string | undefined;
  /** `a1 running`: the last life of each child. */
  readonly children: readonly string[];
  /** Its siblings that were asked to stop, in order. */
  readonly stopped: string;
  /** Who was started after that, in order. */
  readonly started: string;
}

interface FailProtocol {
  tells: { fail: object };
  asks: object;
  streams: object;
}

const b = actorId('b');

/** What OTP's supervisor does: `supervisor(3)`, and stdlib's `supervisor.erl` where the page leaves it open. */
function expected({ failure, phase, restart, strategy }: Cell): Outcome {
  const inStart = isStartFailure(failure);
  const members = { one_for_one: 'b', one_for_all: 'abc', rest_for_one: 'bc' }[strategy];
  const children = (states: string, restarts: number): string[] =>
    states.split(' ').map((state, at) => {
      const name = 'abc'.charAt(at);
      return `${name}${String(members.includes(name) ? 1 + restarts : 1)} ${state}`;
    });
  // The second life of a start failure is the first restart.
  const before = inStart && phase !== 'starting' ? 1 : 0;
  switch (phase) {
    case 'starting':
      // A child that does not start fails the start of all, whatever its restart type: those that run are ended in reverse.
      return {
        cause: 'crash',
        failure: 'b did not start',
        children: children('stopped stopped stopped', 0),
        stopped: 'ca',
        started: '',
      };
    case 'stopping':
      // Whatever a child does while all are being ended, nothing is started any more, and the end is a normal one.
      return {
        cause: inStart || failure === 'stall' ? 'crash' : 'normal',
        failure: 'none',
        children: children('stopped stopped stopped', before),
        stopped: 'ca',
        started: '',
      };
    case 'running': {
      const cause = failure === 'exit' ? 'normal' : 'crash';
      if (restart === 'temporary' || (restart === 'transient' && cause === 'normal')) {
        const state = cause === 'crash' ? 'failed' : 'stopped';
        const states = `running ${state} running`;
        return {
          cause,
          failure: undefined,
          children: children(states, before),
          stopped: '',
          started: '',
        };
      }
      return {
        cause,
        failure: undefined,
        children: children('running running running', before + 1),
        stopped: { one_for_one: '', one_for_all: 'ca', rest_for_one: 'c' }[strategy],
        started: members,
      };
    }
  }
}

async function observed(cell: Cell): Promise<Outcome> {
  const { phase, failure } = cell;
  const stopped: string[] = [];
  const system = simSystem(treeOf(cell), (given) => ({
    member: member(stopped),
    failing: failing(cell, given),
  }));
  escapes = system;
  if (phase === 'starting') await system.runUntil(() => stateOf(system, 'b') === 'starting', 1000);
  else await system.settle(system.ready());
  if (phase !== 'starting' && isStartFailure(failure)) {
    void system.kill('b');
    await system.runUntil(() => system.words().includes('starting b2'), 5000);
    await system.runUntil(() => stateOf(system, 'c') === 'starting', 10);
  }
  const from = system.seen.length;
  stopped.length = 0;
  if (phase === 'stopping') void system.stop();
  if (!isStartFailure(failure)) {
    const ripe = (): boolean =>
      stateOf(system, 'a') === 'running' && stateOf(system, 'b') === phase;
    await system.runUntil(ripe, 5000);
    await system.advance(200);
    await system.settle(system.inject('a', { type: 'prod' }));
  }
  await system.advance(20_000);
  const seen = system.seen.slice(from);
  const death = seen.find((event) => event.type === 'died' && event.id === 'b');
  const end = seen.find((event) => event.type === 'ended');
  return {
    cause: death?.type === 'died' ? death.cause : 'none',
    failure: end?.type === 'ended' ? (end.failure?.replace(/:.*/, '') ?? 'none') : undefined,
    children: system.actors().map((each) => `${each.id}${String(each.incarnation)} ${each.state}`),
    stopped: stopped.join(''),
    started: seen.flatMap((event) => (event.type === 'starting' ? [event.id] : [])).join(''),
  };
}

function treeOf({ restart, strategy }: Cell): ReturnType<typeof supervisor> {
  const more = { stallMs: 500, shutdownMs: 1500 };
  return supervisor(
    [
      child('a', 'member', { ...more, links: [b] }),
      child('b', 'failing', { ...more, restart }),
      child('c', 'member', more),
    ],
    { strategy },
  );
}

/** Takes its time to stop, and prods `b` where it is told to. */
function member(stopped: string[]): SimEntry {
  return (context: ActorContext): Behaviour<Protocol> => ({
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    stop: () => {
      stopped.push(context.self.id);
      return context.sleep(300);
    },
    inject: () => {
      assert(context.tell(context.ref<FailProtocol>(b), 'fail', {}), 'b can be reached');
      return ok(undefined);
    },
  });
}

function failing({ failure, phase }: Cell, system: () => SimSystem): SimEntry {
  return (context: ActorContext): Behaviour<FailProtocol> => {
    const isDue = context.self.incarnation === (phase === 'starting' ? 1 : 2);
    if (isDue && failure === 'throw in factory') throw new Error(failure);
    const wait = async (): Promise<void> => {
      await context.sleep(10);
      throw new Error(failure);
    };
    const misbehave = (): unknown => {
      switch (failure) {
        case 'rejected promise':
          return wait();
        case 'stall':
          system().stall('b', Infinity);
          return undefined;
        case 'exit':
          return system().exit('b', 0);
        default:
          assert(failure !== 'assertion', failure);
          throw new Error(failure);
      }
    };
    return {
      start: () => {
        if (isDue && failure === 'throw in start') throw new Error(failure);
        if (isDue && failure === 'rejected start') return wait();
        return phase === 'starting' ? context.sleep(4000) : undefined;
      },
      tells: { fail: misbehave },
      asks: {},
      streams: {},
      stop: () => context.sleep(phase === 'stopping' ? 1000 : 300),
    };
  };
}

function isStartFailure(failure: Cell['failure']): boolean {
  return (START_FAILURES as readonly string[]).includes(failure);
}

function stateOf(system: TestSystem, id: string): string | undefined {
  return system.actors().find((actor) => actor.id === id)?.state;
}

/** On a thread, a rejection that nobody handled is an exception of that thread; here it is the process's. */
let escapes: SimSystem | undefined;
const listeners = process.listeners('unhandledRejection');
process.removeAllListeners('unhandledRejection');
process.on('unhandledRejection', (reason) => {
  escapes?.escaped(reason as Error);
});
t.teardown(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

for (const failure of [...START_FAILURES, ...MESSAGE_FAILURES]) {
  for (const phase of PHASES) {
    t.test(
      `supervision: ${failure} while the tree is ${phase}, × restart type × strategy`,
      async (t) => {
        for (const restart of RESTARTS) {
          for (const strategy of STRATEGIES) {
            const cell = { failure, phase, restart, strategy };
            t.same(await observed(cell), expected(cell), `${restart}, ${strategy}`);
          }
        }
      },
    );
  }
}

t.test('a permanent child that ends by itself, again and again, counts as in OTP', async (t) => {
  const leaving =
    (system: () => SimSystem): SimEntry =>
    (context: ActorContext) => ({
      start: () => void context.clock.after(1, () => system().exit('a', 0)),
      tells: {},
      asks: {},
      streams: {},
    });
  const system = simSystem(supervisor([child('a', 'leaving')], { intensity: 2 }), (given) => ({
    leaving: leaving(given),
  }));
  const { failure } = await system.settle(system.ended);
  t.equal(failure, '3 crashes within 60 s, the last of a: ended');
});
