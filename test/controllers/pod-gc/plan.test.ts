import t from 'tap';
import type { V1Pod } from '../../../src/api/index.js';
import { excessTerminated } from '../../../src/controllers/pod-gc/plan.js';

function pod(name: string, phase: string, createdAt: string): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, creationTimestamp: createdAt },
    status: { phase },
  };
}

t.test('of ended pods only so many stay, and the oldest go', async (t) => {
  const pods = [
    pod('old', 'Failed', '2026-01-01T00:00:01Z'),
    pod('runs', 'Running', '2026-01-01T00:00:00Z'),
    pod('oldest', 'Succeeded', '2026-01-01T00:00:00Z'),
    pod('new', 'Succeeded', '2026-01-01T00:00:09Z'),
  ];
  const gone = (threshold: number): unknown[] =>
    excessTerminated(pods, threshold).map(({ metadata }) => metadata?.name);
  t.same(gone(1), ['oldest', 'old']);
  t.same(gone(2), ['oldest']);
  t.same(gone(3), []);
  t.same(excessTerminated(pods), [], 'by default as many as Kubernetes keeps');
});
