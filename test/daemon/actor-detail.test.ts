import t from 'tap';
import { quantileMs } from '../../src/daemon/actor-detail.js';

t.test('a quantile of handling times is the end of its bucket', async (t) => {
  // Under 1, 2, 4 and 8 microseconds, and longer.
  const buckets = [0, 10, 80, 9, 1];
  t.equal(quantileMs(buckets, 0.1), 0.002);
  t.equal(quantileMs(buckets, 0.5), 0.004);
  t.equal(quantileMs(buckets, 0.99), 0.008);
  t.equal(quantileMs(buckets, 1), 0.016, 'the last bucket has no end; twice the one before');
  t.equal(quantileMs([0, 0], 0.5), null);
  t.equal(quantileMs(undefined, 0.5), null);
});
