import t from 'tap';
import { rowsOf, soak } from '../bench/soak.js';

const MINUTES = 1;
/** A connection or two more than at one moment before: the count is taken while requests come and kills go on. */
const FILES_MORE_MAX = 12;

t.test('a minute of load and kills: nothing is left behind', { timeout: 180_000 }, async (t) => {
  const report = await soak(MINUTES);
  const { samples, kills, acknowledged, failed } = report;
  const [first] = samples;
  const last = samples.at(-1);
  t.ok(kills >= 5, `${kills} actors were killed`);
  t.ok(acknowledged > 10 * failed, `${acknowledged} writes, of which ${failed} failed`);
  t.ok(report.watchedBytes > 0 && report.lists > 0, 'lists and a watch went on');
  t.ok(
    (last?.openFiles ?? Infinity) <= (first?.openFiles ?? 0) + FILES_MORE_MAX,
    `open files: ${first?.openFiles} at first, ${last?.openFiles} at last, after ${kills} kills`,
  );
  t.equal(first?.heapMb.size, 7, 'each component shows its heap');
  const rows = rowsOf(report);
  t.ok(
    rows.some(
      ({ metric }) => metric === 'resident memory, slope beyond zero (0: not to be told from it)',
    ),
  );
  for (const { metric, value } of rows) t.notSame(value, NaN, metric);
});
