import t from 'tap';
import { humanDuration } from '../../../src/api/printers/index.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

void t.test('a duration is written as kubectl writes ages', (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-2 * SECOND, '<invalid>'],
    [-1500, '0s'],
    [0, '0s'],
    [999, '0s'],
    [SECOND, '1s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [3 * MINUTE + 12 * SECOND, '3m12s'],
    [10 * MINUTE + 5 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 7 * MINUTE, '3h7m'],
    [8 * HOUR + 7 * MINUTE, '8h'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [2 * DAY + 3 * HOUR, '2d3h'],
    [8 * DAY + 3 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [2 * YEAR, '2y'],
    [2 * YEAR + 30 * DAY, '2y30d'],
    [8 * YEAR + 30 * DAY, '8y'],
  ];
  for (const [durationMs, expected] of cases) t.equal(humanDuration(durationMs), expected);
  t.end();
});
