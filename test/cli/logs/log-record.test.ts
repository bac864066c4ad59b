import t from 'tap';
import { type LogFilter, matches, parseLogLine } from '../../../src/cli/logs/log-record.js';
import { prettyFormat } from '../../../src/cli/logs/pretty.js';
import { parseTime } from '../../../src/cli/output.js';

const LINE = JSON.stringify({
  level: 'warn',
  time: '2026-01-01T00:00:05.000Z',
  actor: 'store-0',
  incarnation: 2,
  traceId: 'abc',
  msg: 'the disk said "slow"',
  tookMs: 120,
});

t.test('filters: level and worse, trace, time with both ends, text', async (t) => {
  const record = parseLogLine(LINE);
  if (record === undefined) throw new Error('it is a log line');
  const cases: [LogFilter, boolean][] = [
    [{}, true],
    [{ level: 'info' }, true],
    [{ level: 'warn' }, true],
    [{ level: 'error' }, false],
    [{ traceId: 'abc' }, true],
    [{ traceId: 'ab' }, false],
    [{ since: '2026-01-01T00:00:05.000Z', until: '2026-01-01T00:00:05.000Z' }, true],
    [{ since: '2026-01-01T00:00:05.001Z' }, false],
    [{ until: '2026-01-01T00:00:04.999Z' }, false],
    [{ text: 'said "slow"' }, true],
    [{ text: '"tookMs":120' }, true],
    [{ text: 'fast' }, false],
    [{ level: 'warn', text: 'fast' }, false],
  ];
  for (const [filter, expected] of cases)
    t.equal(matches(record, filter), expected, JSON.stringify(filter));
});

t.test('times: so long ago, or as written', async (t) => {
  const nowMs = Date.parse('2026-01-01T01:00:00Z');
  t.equal(parseTime('5m', nowMs), '2026-01-01T00:55:00.000Z');
  t.equal(parseTime('2026-01-01T00:00:00+01:00', nowMs), '2025-12-31T23:00:00.000Z');
  t.equal(parseTime('yesterday', nowMs), undefined);
});

t.test(
  'for people: one line, colours only where they are wanted, no control characters',
  async (t) => {
    const plain = prettyFormat({ NO_COLOR: '1' });
    t.match(
      plain(LINE),
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: the disk said "slow" \{.*"tookMs":120\}$/,
    );
    t.match(prettyFormat({})(LINE), /\u001b\[/);
    t.match(prettyFormat({ NO_COLOR: '' })(LINE), /\u001b\[/);
    const hostile = {
      ...(JSON.parse(LINE) as object),
      msg: 'a\u001b[2Jb\u009bc',
      'x\u0007': ['\u0008'],
    };
    t.notMatch(plain(JSON.stringify(hostile)), /(?![\t\n])\p{Cc}/u);
    t.match(plain(JSON.stringify(hostile)), 'a\\x1b[2Jb\\x9bc');
  },
);
