import t from 'tap';
import type { CoreV1Event, V1Pod } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { scheduler } from '../../src/scheduler/index.js';
import type { FakeApi } from '../client/fake-api.js';
import { createFakeApi } from '../client/fake-api.js';
import type { FakeWorld } from '../client/fake-world.js';
import { createFakeWorld } from '../client/fake-world.js';

interface Stage {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  readonly addNode: (name: string, cpu?: string) => void;
  readonly addPod: (name: string, cpu?: string) => void;
  readonly nodeOf: (name: string) => string | undefined;
}

function stage(): Stage {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
  void scheduler()(world.context(api, 'scheduler'), { server: actorId('api-server') }).start();
  return {
    world,
    api,
    addNode: (name, cpu = '4') =>
      void api.do({
        verb: 'create',
        resource: 'nodes',
        body: { metadata: { name }, status: { allocatable: { cpu, memory: '8Gi', pods: '10' } } },
      }),
    addPod: (name, cpu = '1') => {
      const spec = { containers: [{ name: 'c', resources: { requests: { cpu } } }] };
      api.do({
        verb: 'create',
        resource: 'pods',
        namespace: 'default',
        body: { metadata: { name }, spec },
      });
    },
    nodeOf: (name) =>
      api.all<V1Pod>('pods').find((pod) => pod.metadata?.name === name)?.spec?.nodeName,
  };
}

void t.test('pods are bound, evenly, and an event says where', async (t) => {
  const { world, api, addNode, addPod, nodeOf } = stage();
  for (const name of ['node-1', 'node-2', 'node-3']) addNode(name);
  for (let i = 0; i < 6; i++) addPod(`web-${String(i)}`);
  await world.advance(1_000);
  const counts = new Map<string | undefined, number>();
  for (let i = 0; i < 6; i++) {
    const node = nodeOf(`web-${String(i)}`);
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  t.same(
    new Map([...counts].sort()),
    new Map([
      ['node-1', 2],
      ['node-2', 2],
      ['node-3', 2],
    ]),
  );
  const events = api.all<CoreV1Event>('events').filter((event) => event.reason === 'Scheduled');
  t.equal(events.length, 6);
  t.match(events[0]?.message, /^Successfully assigned default\/web-\d to node-\d$/);
});

void t.test('decisions in a row do not overcommit, though the watch is behind', async (t) => {
  const { world, api, addNode, addPod } = stage();
  addNode('node-1', '2');
  await world.advance(100);
  for (let i = 0; i < 5; i++) addPod(`web-${String(i)}`, '1');
  await world.advance(1_000);
  t.equal(api.all<V1Pod>('pods').filter((pod) => pod.spec?.nodeName !== undefined).length, 2);
});

void t.test(
  'a pod that fits nowhere says so, and is bound when a node comes or room is made',
  async (t) => {
    const { world, api, addNode, addPod, nodeOf } = stage();
    addPod('big', '4');
    await world.advance(100);
    t.match(api.all<V1Pod>('pods')[0]?.status?.conditions, [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: 'no nodes available to schedule pods',
      },
    ]);
    t.match(api.all<CoreV1Event>('events'), [{ reason: 'FailedScheduling', type: 'Warning' }]);
    addNode('node-1');
    await world.advance(5_000);
    t.equal(nodeOf('big'), 'node-1');
    addPod('next', '2');
    await world.advance(5_000);
    t.equal(nodeOf('next'), undefined);
    const body = { gracePeriodSeconds: 0 };
    api.do({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'big', body });
    await world.advance(15_000);
    t.equal(nodeOf('next'), 'node-1');
  },
);

void t.test(
  'a binding whose answer is lost is not made twice, and one that was lost itself is repeated',
  async (t) => {
    const { world, api, addNode, addPod, nodeOf } = stage();
    addNode('node-1');
    api.failNext((request) => request.subresource === 'binding', 'lose-reply', 'lose-request');
    addPod('a');
    await world.advance(500);
    t.equal(nodeOf('a'), 'node-1');
    addPod('b');
    await world.advance(15_000);
    t.equal(nodeOf('b'), 'node-1');
    t.equal(
      api.all<CoreV1Event>('events').filter((event) => event.reason === 'Scheduled').length,
      2,
    );
  },
);

void t.test('it goes on after the death of the API server', async (t) => {
  const { world, api, addNode, addPod, nodeOf } = stage();
  addNode('node-1');
  await world.advance(100);
  api.setDown(true);
  await world.advance(20_000);
  addPod('a');
  api.setDown(false);
  await world.advance(10_000);
  t.equal(nodeOf('a'), 'node-1');
});
