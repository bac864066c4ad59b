import t from 'tap';
import { parseGoMicroTime, parseGoTime } from '../../../src/api/schema/go-time.js';

void t.test('RFC 3339 is read with any zone and fraction', (t) => {
  t.same(parseGoTime('2026-01-02T03:04:05Z'), { time: { seconds: 1767323045, nanos: 0 } });
  t.same(parseGoTime('2026-01-02T05:04:05.25+02:00'), {
    time: { seconds: 1767323045, nanos: 250_000_000 },
  });
  t.same(parseGoMicroTime('2026-01-02T03:04:05.000001Z'), {
    time: { seconds: 1767323045, nanos: 1000 },
  });
  t.end();
});

void t.test('what is none is refused as Go refuses it', (t) => {
  const layout = '"2006-01-02T15:04:05Z07:00"';
  const cases: readonly (readonly [string, string])[] = [
    ['', `parsing time "" as ${layout}: cannot parse "" as "2006"`],
    ['2026-01-02', `parsing time "2026-01-02" as ${layout}: cannot parse "" as "T"`],
    ['2026-1-2', `parsing time "2026-1-2" as ${layout}: cannot parse "1-2" as "01"`],
    ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
    ['2026-02-30T03:04:05Z', 'parsing time "2026-02-30T03:04:05Z": day out of range'],
    ['2026-01-02T25:04:05Z', 'parsing time "2026-01-02T25:04:05Z": hour out of range'],
    ['2026-01-02T03:04:05Zx', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
  ];
  for (const [text, error] of cases) t.same(parseGoTime(text), { error });
  t.same(parseGoMicroTime('2026-01-02T03:04:05Z'), {
    error:
      'parsing time "2026-01-02T03:04:05Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  });
  t.end();
});
