import t from 'tap';
import type { V1Pod } from '../../src/api/index.js';
import { createClusterCache } from '../../src/scheduler/cluster-cache.js';

const pod = (uid: string, nodeName?: string): V1Pod => ({
  metadata: { namespace: 'default', name: 'web', uid },
  spec: {
    ...(nodeName === undefined ? {} : { nodeName }),
    containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }],
  },
});
const node = (name: string) => ({
  metadata: { name },
  status: { allocatable: { cpu: '4', pods: '10' } },
});

function requestedOf(cache: ReturnType<typeof createClusterCache>): number[] {
  return cache.nodes().map(({ requested }) => requested.get('cpu') ?? 0);
}

void t.test('what is assumed takes room until it is bound, or forgotten', (t) => {
  const cache = createClusterCache();
  cache.setNode(node('a'));
  cache.assume(pod('1'), 'a');
  t.same([requestedOf(cache), cache.assumed], [[1000], 1]);
  cache.setPod(pod('1', 'a'));
  t.same([requestedOf(cache), cache.assumed], [[1000], 0], 'it counts once');
  cache.removePod(pod('1', 'a'));
  cache.assume(pod('2'), 'a');
  cache.forget(pod('2'));
  t.same([requestedOf(cache), cache.assumed], [[0], 0]);
  t.end();
});

void t.test('a binding that fails late does not take the room of a successor', (t) => {
  const cache = createClusterCache();
  cache.setNode(node('a'));
  cache.setNode(node('b'));
  cache.assume(pod('old'), 'a');
  cache.removePod(pod('old'));
  cache.assume(pod('new'), 'b');
  cache.forget(pod('old'));
  t.ok(cache.isAssumed('default/web'));
  t.same(requestedOf(cache), [0, 1000]);
  t.end();
});

void t.test('pods of a node that is not there yet count when it comes', (t) => {
  const cache = createClusterCache();
  cache.setPod(pod('1', 'a'));
  t.same(requestedOf(cache), []);
  cache.setNode(node('a'));
  t.same(requestedOf(cache), [1000]);
  cache.removeNode('a');
  cache.setNode(node('a'));
  t.same(requestedOf(cache), [1000]);
  t.equal(cache.setPod({ ...pod('1', 'a'), status: { phase: 'Succeeded' } }), true);
  t.same(requestedOf(cache), [0]);
  t.end();
});
