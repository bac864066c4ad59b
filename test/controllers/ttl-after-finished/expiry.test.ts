import t from 'tap';
import type { V1Job } from '../../../src/api/index.js';
import { untilExpiryMs } from '../../../src/controllers/ttl-after-finished/expiry.js';

const END_MS = Date.UTC(2026, 0, 1);

function job(ttlSecondsAfterFinished: number | undefined, end: string, deleting = false): V1Job {
  const lastTransitionTime = new Date(END_MS).toISOString();
  const ttl = ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished };
  return {
    metadata: deleting ? { deletionTimestamp: lastTransitionTime } : {},
    spec: { template: {}, ...ttl },
    status: { conditions: [{ type: end, status: 'True', lastTransitionTime }] },
  };
}

void t.test('how long a finished job still stays', (t) => {
  const cases: [string, V1Job, number | undefined][] = [
    ['complete: its time to live', job(10, 'Complete'), 7_000],
    ['failed: too', job(10, 'Failed'), 7_000],
    ['over', job(3, 'Complete'), 0],
    ['none at all', job(0, 'Complete'), 0],
    ['not finished', job(10, 'SuccessCriteriaMet'), undefined],
    ['without limit', job(undefined, 'Complete'), undefined],
    ['on its way out', job(10, 'Complete', true), undefined],
  ];
  for (const [name, of, expected] of cases)
    t.equal(untilExpiryMs(of, END_MS + 3_000), expected, name);
  t.end();
});
