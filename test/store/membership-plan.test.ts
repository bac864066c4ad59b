import t from 'tap';
import type { LogIndex } from '../../src/base/index.js';
import type { StoreMember } from '../../src/protocol/index.js';
import { isSpared, nextStep } from '../../src/store/membership-plan.js';
import type { MembershipGoal, MembershipStep } from '../../src/store/membership-plan.js';

interface World {
  members: readonly StoreMember[];
  actors: ReadonlySet<string>;
}

function worldOf(): World {
  const names = ['store-0', 'store-1', 'store-2'];
  return {
    members: names.map((name, at) => ({ id: BigInt(at + 1), name, learner: false })),
    actors: new Set(names),
  };
}

function after({ members, actors }: World, step: MembershipStep): World {
  switch (step.type) {
    case 'add':
      return { members: [...members, { id: 4n, name: step.name, learner: true }], actors };
    case 'promote':
      return {
        members: members.map((each) => (each.id === step.id ? { ...each, learner: false } : each)),
        actors,
      };
    case 'remove':
      return { members: members.filter(({ id }) => id !== step.id), actors };
    case 'start':
      return { members, actors: new Set([...actors, step.name]) };
    case 'stop':
    case 'abandon':
      return { members, actors: new Set([...actors].filter((name) => name !== step.name)) };
    case 'done':
      return { members, actors };
  }
}

/** The steps to the goal; each one is done before the next is chosen, and none is remembered. */
function walk(goal: MembershipGoal, begin = worldOf()): { steps: string[]; end: World } {
  const steps: string[] = [];
  let world = begin;
  for (;;) {
    const step = nextStep(goal, world.members, world.actors);
    if (step.type === 'done') return { steps, end: world };
    steps.push(step.type);
    world = after(world, step);
  }
}

t.test('one that takes part is replaced after its successor votes', (t) => {
  const goal = {
    add: { name: 'store-3', voter: true },
    remove: { name: 'store-1', first: false },
  };
  const { steps, end } = walk(goal);
  t.same(steps, ['add', 'start', 'promote', 'remove', 'stop']);
  t.same([...end.actors], ['store-0', 'store-2', 'store-3']);
  t.same(
    end.members.map(({ name }) => name),
    ['store-0', 'store-2', 'store-3'],
  );
  t.end();
});

t.test('one that takes no part goes first, at whatever point that is seen', (t) => {
  const add = { name: 'store-3', voter: true };
  const goal = { add, remove: { name: 'store-1', first: true } };
  t.same(walk(goal).steps, ['remove', 'stop', 'add', 'start', 'promote']);
  let world = worldOf();
  for (const type of ['add', 'start']) {
    const step = nextStep(
      { add, remove: { name: 'store-1', first: false } },
      world.members,
      world.actors,
    );
    t.equal(step.type, type);
    world = after(world, step);
  }
  t.same(walk(goal, world).steps, ['remove', 'stop', 'promote']);
  t.end();
});

t.test('additions and removals by themselves, and what is there already', (t) => {
  t.same(walk({ add: { name: 'store-3', voter: false } }).steps, ['add', 'start']);
  t.same(walk({ add: { name: 'store-0', voter: true } }).steps, []);
  t.same(walk({ remove: { name: 'store-2', first: false } }).steps, ['remove', 'stop']);
  t.same(walk({ remove: { name: 'store-9', first: false } }).steps, []);
  t.end();
});

t.test('an actor may go once every majority knows that it is no member', (t) => {
  const { members } = worldOf();
  const learner = { id: 9n, name: 'store-9', learner: true };
  const spared = (voters: typeof members, ...applied: [string, number][]): boolean =>
    isSpared([...voters, learner], 20 as LogIndex, new Map(applied as [string, LogIndex][]));
  t.notOk(spared(members));
  t.notOk(spared(members, ['store-0', 20]), 'its leader alone');
  t.notOk(spared(members, ['store-0', 20], ['store-1', 19]));
  t.notOk(spared(members, ['store-0', 20], ['store-9', 30]), 'a learner does not count');
  t.ok(spared(members, ['store-0', 20], ['store-2', 25]));
  const two = members.slice(0, 2);
  t.notOk(spared(two, ['store-0', 20]));
  t.ok(spared(two, ['store-0', 20], ['store-1', 20]));
  t.ok(spared(members.slice(0, 1), ['store-0', 20]));
  t.end();
});

t.test('a replica whose member was removed by somebody else is given up', (t) => {
  const { members, actors } = worldOf();
  const left = members.filter(({ name }) => name !== 'store-2');
  const step = nextStep({ add: { name: 'store-2', voter: true } }, left, actors);
  t.same(step, { type: 'abandon', name: 'store-2' });
  t.end();
});
