import t from 'tap';
import type { V1Pod, V1PodSpec } from '../../src/api/index.js';
import { admit } from '../../src/kubelet/admit.js';
import { nodeLedger, type NodeLedger } from '../../src/kubelet/node-ledger.js';

const NODE = { name: 'node-1', labels: { zone: 'a' } };
const container = (cpu: string, more = {}) => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...more,
});
const pod = (cpu: string, spec: Partial<V1PodSpec> = {}): V1Pod => ({
  spec: { containers: [container(cpu)], ...spec },
});

function ledgerOf(allocatable: Record<string, string>, ...cpus: string[]): NodeLedger {
  const ledger = nodeLedger(allocatable);
  cpus.forEach((cpu, i) => ledger.take(`u${i}`, pod(cpu)));
  return ledger;
}

t.test('what fits is admitted, to the last millicore', async (t) => {
  t.equal(admit(pod('500m'), ledgerOf({ cpu: '2', pods: '3' }, '1', '500m'), NODE), undefined);
});

t.test('what does not fit is rejected in the words of the kubelet', async (t) => {
  t.same(admit(pod('501m'), ledgerOf({ cpu: '2', pods: '3' }, '1500m'), NODE), {
    reason: 'OutOfcpu',
    message: "Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000",
  });
  t.match(admit(pod('0'), ledgerOf({ pods: '1' }, '0'), NODE), {
    reason: 'OutOfpods',
    message: /requested: 1, used: 1, capacity: 1/,
  });
});

t.test('init containers count where they need more; sidecars and overhead always', async (t) => {
  const init = pod('1', { initContainers: [container('3')] });
  t.match(admit(init, ledgerOf({ cpu: '2', pods: '9' }), NODE), { message: /requested: 3000/ });
  const sidecar = pod('1', {
    initContainers: [container('1', { restartPolicy: 'Always' }), container('2')],
    overhead: { cpu: '100m' },
  });
  t.match(admit(sidecar, ledgerOf({ cpu: '2', pods: '9' }), NODE), { message: /requested: 3100/ });
});

t.test(
  'an extended resource that the kubelet does not know is left to the scheduler',
  async (t) => {
    const wants = (resource: string): V1Pod => ({
      spec: { containers: [{ name: 'c', resources: { requests: { [resource]: '1' } } }] },
    });
    t.equal(admit(wants('example.com/gpu'), ledgerOf({ pods: '9' }), NODE), undefined);
    t.match(
      admit(wants('example.com/gpu'), ledgerOf({ pods: '9', 'example.com/gpu': '0' }), NODE),
      {
        reason: 'OutOfexample.com/gpu',
      },
    );
    t.match(admit(wants('hugepages-2Mi'), ledgerOf({ pods: '9' }), NODE), {
      reason: 'OutOfhugepages-2Mi',
    });
  },
);

t.test('what is released may be taken again; both may be said twice', async (t) => {
  const ledger = ledgerOf({ cpu: '1', pods: '2' }, '1');
  ledger.take('u0', pod('1'));
  t.match(admit(pod('1'), ledger, NODE), { reason: 'OutOfcpu' });
  ledger.release('u0');
  ledger.release('u0');
  t.equal(admit(pod('1'), ledger, NODE), undefined);
  t.equal(ledger.pods, 0);
});

t.test('a pod that asks for another node is rejected', async (t) => {
  const ledger = ledgerOf({ cpu: '8', pods: '9' });
  t.equal(admit(pod('1', { nodeSelector: { zone: 'a' } }), ledger, NODE), undefined);
  t.same(admit(pod('1', { nodeSelector: { zone: 'b' } }), ledger, NODE), {
    reason: 'NodeAffinity',
    message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  });
});
