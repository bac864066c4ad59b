import t from 'tap';
import type { RestartStrategy, RestartType } from '../../src/actor/index.js';
import { actorId } from '../../src/base/index.js';
import { childSpec, drive, type SupervisorWorld, supervisorSpec } from './supervisor-world.js';

// The failure of one child of three, in every phase, under every restart type and strategy, against OTP's rules as the manual
// of `supervisor` states them, and the project's own for kills on purpose.

const NAMES = ['a', 'b', 'c'] as const;
const FAILURES = ['crash', 'normal', 'stalled', 'killed'] as const;
const PHASES = ['starting', 'running', 'restarting', 'stopping'] as const;
const RESTARTS: readonly RestartType[] = ['permanent', 'transient', 'temporary'];
const STRATEGIES: readonly RestartStrategy[] = ['one_for_one', 'one_for_all', 'rest_for_one'];

type Failure = (typeof FAILURES)[number];
type Phase = (typeof PHASES)[number];
type Name = (typeof NAMES)[number];

interface Outcome {
  /** Asked to stop, in this order. */
  readonly stopped: string;
  /** Started anew, in this order. */
  readonly started: string;
  readonly ended: 'no' | 'stopped' | 'gave up';
}

const UNTOUCHED: Outcome = { stopped: '', started: '', ended: 'no' };

/** Is it started again? (restart types) */
const RESTARTED: Readonly<Record<RestartType, readonly Failure[]>> = {
  permanent: ['crash', 'normal', 'stalled', 'killed'],
  transient: ['crash', 'stalled', 'killed'],
  temporary: ['killed'],
};

/** Who is stopped with it, last first, and who starts, by who failed. All children are of the same restart type. */
const TOGETHER: Readonly<
  Record<RestartStrategy, Readonly<Record<Name, readonly [string, string]>>>
> = {
  one_for_one: { a: ['', 'a'], b: ['', 'b'], c: ['', 'c'] },
  one_for_all: { a: ['cb', 'abc'], b: ['ca', 'abc'], c: ['ba', 'abc'] },
  rest_for_one: { a: ['cb', 'abc'], b: ['c', 'bc'], c: ['', 'c'] },
};

function expected(
  how: Failure,
  phase: Phase,
  restart: RestartType,
  strategy: RestartStrategy,
  name: Name,
): Outcome {
  // An end before it was ready is a failed start, however quiet.
  const failure = how === 'normal' && phase !== 'running' ? 'crash' : how;
  // A supervisor that is told to stop restarts nobody; it stops what is left in reverse.
  if (phase === 'stopping')
    return { stopped: { a: 'cb', b: 'ca', c: 'cba' }[name], started: '', ended: 'stopped' };
  // A child that cannot be started ends the start as a whole; one that was killed on purpose is started again.
  if (phase === 'starting' && failure !== 'killed')
    return { stopped: { a: 'cb', b: 'ca', c: 'ba' }[name], started: '', ended: 'gave up' };
  if (!RESTARTED[restart].includes(failure)) return UNTOUCHED;
  const [stopped, started] = TOGETHER[strategy][name];
  if (restart !== 'temporary') return { stopped, started, ended: 'no' };
  // A temporary sibling that was stopped is not started again; in its second start none of them is left.
  return { stopped: phase === 'restarting' ? '' : stopped, started: name, ended: 'no' };
}

/** Fails the child, then lets every other do as it is told; the clock runs until nothing is left to do. */
function observed(
  failure: Failure,
  phase: Phase,
  restart: RestartType,
  strategy: RestartStrategy,
  name: Name,
): Outcome {
  const world = drive(
    supervisorSpec(
      NAMES.map((each) => childSpec(each, { restart })),
      { strategy, intensity: 10 },
    ),
  );
  const seen = bring(world, phase, name);
  seen.push(...fail(world, failure, name));
  const asked: string[] = [];
  for (let next = seen[0], i = 0; next !== undefined; next = seen[++i]) {
    const [verb, life = ''] = next.split(' ');
    if (verb !== 'shutdown') continue;
    asked.push(life.slice(0, 1));
    seen.push(...world.exit(life.slice(0, 1), 'normal'));
  }
  seen.push(...world.pass(1000));
  const started = seen.filter((each) => each.startsWith('spawn')).map((each) => each.slice(6, 7));
  const end = seen.find((each) => each.startsWith('ended'));
  return {
    stopped: asked.join(''),
    started: started.join(''),
    ended: end === undefined ? 'no' : end === 'ended' ? 'stopped' : 'gave up',
  };
}

/** Returns what the supervisor is about to do when the failure comes. */
function bring(world: SupervisorWorld, phase: Phase, name: Name): string[] {
  if (phase === 'starting') {
    world.happen({ type: 'start' });
    return [];
  }
  world.start();
  if (phase === 'stopping') return world.happen({ type: 'stop' });
  if (phase === 'running') return [];
  // It is in its second start; all others that are to be up are.
  world.kill(name);
  let effects = world.exit(name);
  for (;;) {
    const life = effects.find((each) => each.startsWith('shutdown'))?.slice(9, 10);
    if (life === undefined) break;
    effects = world.exit(life, 'normal');
  }
  for (const each of NAMES) if (each !== name) world.ready(each);
  return [];
}

function fail(world: SupervisorWorld, failure: Failure, name: Name): string[] {
  const id = actorId(name);
  if (failure === 'killed') world.kill(name);
  if (failure === 'stalled')
    world.happen({ type: 'doomed', id, incarnation: world.lifeOf(name), message: 'stalled' });
  return world.exit(name, failure === 'normal' ? 'normal' : 'crash');
}

for (const phase of PHASES) {
  for (const strategy of STRATEGIES) {
    t.test(`a failure while ${phase}, ${strategy}`, async (t) => {
      for (const restart of RESTARTS)
        for (const failure of FAILURES)
          for (const name of NAMES)
            t.same(
              observed(failure, phase, restart, strategy, name),
              expected(failure, phase, restart, strategy, name),
              `${restart} ${name}: ${failure}`,
            );
    });
  }
}
