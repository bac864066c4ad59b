import t from 'tap';
import type { V1PodSpec } from '../../../src/api/index.js';
import { addAmounts, amountsOf, podRequests, subtractAmounts } from '../../../src/api/index.js';

const container = (cpu: string, restartPolicy?: 'Always') => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...(restartPolicy && { restartPolicy }),
});
const cpuOf = (spec: V1PodSpec): number | undefined => podRequests({ spec }).get('cpu');

void t.test('amounts: cpu in thousandths, all else in whole units', (t) => {
  const amounts = amountsOf({ cpu: '1500m', memory: '1Ki', pods: '3', broken: 'x' });
  t.same(Object.fromEntries(amounts), { cpu: 1500, memory: 1024, pods: 3 });
  const sum = addAmounts(amounts, amountsOf({ cpu: '1', gpu: '1' }));
  t.same(Object.fromEntries(sum), { cpu: 2500, memory: 1024, pods: 3, gpu: 1 });
  t.equal(subtractAmounts(sum, amounts).get('cpu'), 1000);
  t.same(Object.fromEntries(amountsOf(undefined)), {});
  t.end();
});

void t.test('a pod requests what it needs at its peak', (t) => {
  const containers = [container('1'), container('500m')];
  t.equal(cpuOf({ containers }), 1500);
  t.equal(cpuOf({ containers, initContainers: [container('1'), container('3')] }), 3000);
  t.equal(cpuOf({ containers, initContainers: [container('1', 'Always')] }), 2500);
  t.equal(
    cpuOf({ containers, initContainers: [container('1', 'Always'), container('2')] }),
    3000,
    'an init container runs beside the sidecars before it',
  );
  t.equal(
    cpuOf({ containers, initContainers: [container('2'), container('1', 'Always')] }),
    2500,
    'and not beside those after it',
  );
  t.equal(cpuOf({ containers, overhead: { cpu: '100m' } }), 1600);
  t.same(Object.fromEntries(podRequests({})), {});
  t.end();
});
