import t from 'tap';
import type { Span, SpanQuery } from '../../../src/actor/index.js';
import { failed, ok } from '../../../src/base/index.js';
import { collectSpans, spanTail } from '../../../src/daemon/tracing/span-collector.js';

type System = Parameters<typeof spanTail>[0];

interface FakeLife {
  incarnation: number;
  ended: string[];
  isUp: boolean;
}

/** Actors with the names of the spans that each has ended in its life. */
function fakeSystem(lives: Record<string, FakeLife>): System {
  return {
    actors: () => Object.keys(lives).map((id) => ({ id })) as ReturnType<System['actors']>,
    spans: (id: string, { endedFrom = 0 }: SpanQuery) => {
      const life = lives[id];
      if (life?.isUp !== true) return Promise.resolve(failed({ code: 'actor-down', message: '' }));
      const { ended, incarnation } = life;
      const spans = ended.slice(endedFrom).map((name) => ({ name })) as Span[];
      return Promise.resolve(ok({ incarnation, spans, endedNext: ended.length }));
    },
  };
}

const names = (spans: readonly Span[]): string[] => spans.map(({ name }) => name).sort();

t.test('all that actors keep, and who did not answer', async (t) => {
  const system = fakeSystem({
    a: { incarnation: 1, ended: ['a1', 'a2'], isUp: true },
    b: { incarnation: 1, ended: ['b1'], isUp: false },
  });
  const { spans, missing } = await collectSpans(system, undefined);
  t.same([names(spans), missing], [['a1', 'a2'], ['b']]);
});

t.test('each span once, over deaths; a new life is read from its beginning', async (t) => {
  const a = { incarnation: 1, ended: ['a1', 'a2'], isUp: true };
  const lives: Record<string, FakeLife> = { a, b: { incarnation: 1, ended: [], isUp: true } };
  const tail = spanTail(fakeSystem(lives));
  t.same(names(await tail()), ['a1', 'a2']);
  t.same(names(await tail()), []);
  a.ended.push('a3');
  t.same(names(await tail()), ['a3']);
  a.isUp = false;
  t.same(names(await tail()), []);
  Object.assign(a, { isUp: true, incarnation: 2, ended: ['a4', 'a5', 'a6', 'a7'] });
  t.same(names(await tail()), ['a4', 'a5', 'a6', 'a7']);
  delete lives['a'];
  t.same(names(await tail()), []);
  lives['a'] = { incarnation: 1, ended: ['new'], isUp: true };
  t.same(names(await tail()), ['new']);
});
