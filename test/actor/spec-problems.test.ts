import t from 'tap';
import { BadSpecError, specProblems } from '../../src/actor/index.js';
import type { ActorId } from '../../src/base/index.js';
import { childSpec, supervisorSpec } from './supervisor-world.js';

const none = () => [];

t.test('a sound tree has no problems', async (t) => {
  const inner = supervisorSpec([childSpec('b')], { id: 'inner' as ActorId });
  t.same(specProblems(supervisorSpec([childSpec('a'), inner]), none), []);
  t.same(specProblems(supervisorSpec([]), none), [], 'nor has an empty one');
});

t.test('each mistake is named with its place', async (t) => {
  const inner = supervisorSpec([childSpec('a', { heapMbMax: 0 })], {
    id: 'inner' as ActorId,
    intensity: -1,
    backoff: { minMs: 10, maxMs: 1, factor: 1, jitter: 2 },
  });
  const tree = supervisorSpec([
    childSpec('a', { links: ['a' as ActorId] }),
    inner,
    childSpec('e', { kind: 'edge', warmSpares: 1, id: 'No Id' as ActorId }),
  ]);
  t.same(
    specProblems(tree, ({ id }) => (id === 'a' ? [] : [{ path: 'entry', message: 'no code' }])),
    [
      { path: 'children[0].links', message: 'a link to itself' },
      { path: 'children[1].intensity', message: 'not a whole number of crashes, from 0' },
      { path: 'children[1].backoff.maxMs', message: 'below minMs' },
      { path: 'children[1].backoff.jitter', message: 'not within 0 and 1' },
      { path: 'children[1].children[0].id', message: 'a is there already' },
      { path: 'children[1].children[0].heapMbMax', message: 'not above 0' },
      { path: 'children[2].id', message: 'not an actor id: "No Id"' },
      { path: 'children[2].warmSpares', message: 'an edge has no spares' },
      { path: 'children[2].entry', message: 'no code' },
    ],
  );
});

t.test('ids that are taken elsewhere in the tree are a mistake; the error lists all', async (t) => {
  const problems = specProblems(childSpec('a', { stallMs: NaN }), none, ['a']);
  t.match(new BadSpecError(problems), {
    code: 'bad-spec',
    message: 'id: a is there already; stallMs: not above 0',
    problems,
  });
});
