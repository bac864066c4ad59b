import t from 'tap';
import { parseListing } from '../../../src/cli/top/parse-listing.js';

const COLUMNS = [
  { name: 'Name', priority: 0 },
  { name: 'Restarts', priority: 0 },
  { name: 'IP', priority: 1 },
];

t.test('a table of objects in namespaces begins with theirs', async (t) => {
  const listing = parseListing(200, {
    kind: 'Table',
    metadata: { remainingItemCount: 7 },
    columnDefinitions: COLUMNS,
    rows: [{ cells: ['web', 3, null], object: { metadata: { namespace: 'shop' } } }],
  });
  t.same(listing, {
    ok: true,
    columns: [
      { title: 'Namespace', wide: false },
      { title: 'Name', wide: false },
      { title: 'Restarts', wide: false },
      { title: 'IP', wide: true },
    ],
    rows: [['shop', 'web', '3', '']],
    more: 7,
  });
});

t.test('one of the cluster does not', async (t) => {
  const row = { cells: ['node-1', 0, '127.0.0.1'], object: { metadata: {} } };
  const listing = parseListing(200, { kind: 'Table', columnDefinitions: COLUMNS, rows: [row] });
  t.match(listing, { ok: true, rows: [['node-1', '0', '127.0.0.1']], more: 0 });
});

t.test('a refusal is told in its own words', async (t) => {
  const refusal = { kind: 'Status', message: 'the store has no leader' };
  t.same(parseListing(503, refusal), {
    ok: false,
    problem: 'the API server answered 503: the store has no leader',
  });
  t.match(parseListing(200, 'oops'), { ok: false, problem: /200: oops/ });
  t.match(parseListing(200, { kind: 'PodList' }), { ok: false });
});
