import t from 'tap';
import { summariesText, traceText } from '../../../src/cli/traces/trace-text.js';
import { slowestTraces, type TraceSpan, traceTree } from '../../../src/cli/traces/trace-tree.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function span(id: string, parentId: string | undefined, more: Partial<TraceSpan> = {}): TraceSpan {
  return {
    traceId: TRACE,
    id,
    parentId,
    name: `span ${id}`,
    actor: 'gateway',
    incarnation: 1,
    startedAtMs: Date.parse('2026-01-01T00:00:00Z'),
    startedMs: 0,
    durationMs: 1,
    outcome: 'ok',
    ...more,
  };
}

const shape = (spans: TraceSpan[]): string[] =>
  traceTree(spans).map(({ depth, span: { id } }) => `${' '.repeat(depth)}${id}`);

t.test('a tree: parents first, siblings by their starts, each span once', async (t) => {
  const spans = [
    span('c', 'a', { startedMs: 3 }),
    span('d', 'b', { startedMs: 4 }),
    span('a', 'of a client', { startedMs: 1 }),
    span('b', 'a', { startedMs: 2 }),
    span('b', 'a', { startedMs: 2 }),
    span('e', undefined, { startedMs: 0 }),
  ];
  t.same(shape(spans), ['e', 'a', ' b', '  d', ' c']);
});

t.test('spans in a circle, which only damage can make, are left out', async (t) => {
  t.same(shape([span('a', 'b'), span('b', 'a'), span('c', undefined)]), ['c']);
  t.same(shape([]), []);
});

t.test('as text', async (t) => {
  const lines = traceTree([
    span('a', undefined, { startedMs: 100, durationMs: 123.4 }),
    span('b', 'a', { startedMs: 101.5, actor: 'store-0', outcome: 'failed no-leader' }),
    span('c', 'a', { startedMs: 102, durationMs: undefined, outcome: undefined }),
  ]);
  t.equal(
    traceText(TRACE, lines),
    [
      `trace ${TRACE}: 3 spans of 2 actors`,
      'AT        TOOK      ACTOR     SPAN',
      '0.00 ms   123 ms    gateway   span a',
      '1.50 ms   1.00 ms   store-0     span b (failed no-leader)',
      '2.00 ms   goes on   gateway     span c',
    ].join('\n'),
  );
});

t.test(
  'the slowest: what goes on first, then by the time from the first top to the end of the last',
  async (t) => {
    const one = (traceId: string, id: string, more: Partial<TraceSpan>): TraceSpan =>
      span(id, undefined, { traceId, ...more });
    const found = slowestTraces(
      [
        one('quick', 'a', { durationMs: 2 }),
        one('two', 'b', { startedMs: 10, durationMs: 5, name: 'GET /version' }),
        one('two', 'c', { startedMs: 20, durationMs: 1, name: 'POST /pods', actor: 'store-0' }),
        one('open', 'd', { durationMs: undefined }),
      ],
      2,
    );
    t.match(found, [
      { traceId: 'open', durationMs: undefined },
      { traceId: 'two', durationMs: 11, name: 'POST /pods', spans: 2, actors: 2 },
    ]);
    t.equal(found.length, 2);
    t.match(summariesText(found), /\ntwo +2026-01-01T00:00:00.000Z +11.00 ms +2 +2 +POST \/pods$/);
  },
);
