import t from 'tap';
import { duration, parseDuration, table } from '../../src/cli/output.js';

t.test(
  'columns are as wide as their widest cell, three spaces apart, without trailing blanks',
  async (t) => {
    t.equal(
      table(
        ['A', 'LONG'],
        [
          ['wide cell', 'x'],
          ['', ''],
        ],
      ),
      'A           LONG\nwide cell   x\n',
    );
  },
);

t.test('durations are read as kubectl writes them', async (t) => {
  t.same(
    ['5s', '300ms', '1m30s', '1.5s', '2h'].map(parseDuration),
    [5000, 300, 90_000, 1500, 7_200_000],
  );
  t.same(['', '5', 's', '5 s', '-5s', '5d'].map(parseDuration), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

t.test('durations are short for people', async (t) => {
  t.same([5, 999, 1000, 119_000, 120_000, 3_600_000, 49 * 3_600_000].map(duration), [
    '5ms',
    '999ms',
    '1s',
    '119s',
    '2m0s',
    '1h0m',
    '2d',
  ]);
});
