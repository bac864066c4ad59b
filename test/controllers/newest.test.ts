import t from 'tap';
import type { V1Job } from '../../src/api/index.js';
import { createNewest } from '../../src/controllers/newest.js';

const version = (resourceVersion: string): V1Job => ({
  metadata: { name: 'j', resourceVersion },
});

void t.test('own writes stand in for what an informer does not show yet', (t) => {
  const newest = createNewest<V1Job>();
  t.equal(newest.of('j', version('1')).metadata?.resourceVersion, '1');
  newest.wrote('j', version('1'), version('4'));
  newest.wrote('j', version('4'), version('7'));
  t.equal(newest.of('j', version('1')).metadata?.resourceVersion, '7');
  t.equal(newest.of('j', version('4')).metadata?.resourceVersion, '7');
  t.equal(newest.of('j', version('7')).metadata?.resourceVersion, '7');
  t.equal(newest.of('j', version('9')).metadata?.resourceVersion, '9', 'what another wrote');
  newest.wrote('j', version('9'), version('9'));
  t.equal(newest.of('j', version('9')).metadata?.resourceVersion, '9', 'nothing was changed');
  newest.wrote('j', version('9'), version('12'));
  newest.forget('j');
  t.equal(newest.of('j', version('9')).metadata?.resourceVersion, '9');
  t.end();
});
