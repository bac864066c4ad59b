import t from 'tap';
import type { V1ControllerRevision } from '../../../src/api/index.js';
import {
  planRevision,
  surplusRevisions,
  templateOf,
  templatePatch,
} from '../../../src/controllers/history/revisions.js';

const A = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'a' }] } };
const B = { ...A, spec: { containers: [{ name: 'c', image: 'b' }] } };

function revision(number: number, template: object, name = `r${String(number)}`) {
  return {
    metadata: { name },
    revision: number,
    data: templatePatch(template),
  } satisfies V1ControllerRevision;
}

t.test('the data is a patch that replaces the template, with its fields in order', (t) => {
  t.equal(
    JSON.stringify(templatePatch({ spec: { containers: [] }, metadata: {} })),
    '{"spec":{"template":{"$patch":"replace","metadata":{},"spec":{"containers":[]}}}}',
  );
  t.same(templateOf(revision(1, A)), A);
  t.equal(templateOf({ revision: 1, data: { other: 1 } }), undefined);
  t.end();
});

t.test('the first state is revision 1, a new one comes after the newest', (t) => {
  t.same(planRevision([], templatePatch(A)), { type: 'create', number: 1 });
  t.same(planRevision([revision(4, A)], templatePatch(B)), { type: 'create', number: 5 });
  t.end();
});

t.test('the newest is kept, whatever the order of its fields', (t) => {
  const newest = revision(2, { spec: B.spec, metadata: B.metadata });
  t.same(planRevision([newest, revision(1, A)], templatePatch(B)), {
    type: 'keep',
    revision: newest,
  });
  t.end();
});

t.test('a state that was there before is counted up', (t) => {
  const old = revision(1, A);
  t.same(planRevision([revision(2, B), old], templatePatch(A)), {
    type: 'renumber',
    revision: old,
    number: 3,
  });
  t.end();
});

t.test('the oldest go, those that pods have stay', (t) => {
  const all = [5, 1, 3, 2, 4].map((number) => revision(number, A));
  const names = (live: number[], limit: number): number[] =>
    surplusRevisions(all, (each) => live.includes(each.revision), limit).map(
      (each) => each.revision,
    );
  t.same(names([], 2), [1, 2, 3]);
  t.same(names([1, 3], 2), [2, 4, 5]);
  t.same(names([], 5), []);
  t.same(names([], 0), [1, 2, 3, 4, 5]);
  t.end();
});
