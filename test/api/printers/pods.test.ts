import t from 'tap';
import type { KubernetesObject } from '../../../src/api/index.js';
import { printTable } from '../../../src/api/printers/index.js';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const CREATED = '2026-01-02T03:00:53Z'; // 3m12s before NOW

function object(
  fields: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): KubernetesObject {
  return { metadata: { name: 'x', creationTimestamp: CREATED, ...metadata }, ...fields };
}

function cells(pod: KubernetesObject): unknown {
  return printTable('pods', [pod], { nowMs: NOW, includeObject: 'None' }).rows[0]?.cells;
}

const RUNNING = { name: 'a', ready: true, restartCount: 0, state: { running: {} } };

function waiting(reason: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: 'a', ready: false, restartCount: 0, state: { waiting: { reason } }, ...more };
}

function terminated(state: Record<string, unknown>): Record<string, unknown> {
  return {
    name: 'a',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, ...state } },
  };
}

void t.test('a pod is summed up in the words of kubectl', (t) => {
  const spec = { containers: [{ name: 'a' }] };
  const two = { containers: [{ name: 'a' }, { name: 'b' }] };
  const init = { containers: [{ name: 'a' }], initContainers: [{ name: 'i' }, { name: 'j' }] };
  const sidecar = {
    containers: [{ name: 'a' }],
    initContainers: [{ name: 's', restartPolicy: 'Always' }],
  };
  const deleted = { deletionTimestamp: CREATED };
  const cases: readonly (readonly [string, object, object, object, string])[] = [
    ['not yet seen', spec, { phase: 'Pending' }, {}, '0/1 Pending 0'],
    ['running', spec, { phase: 'Running', containerStatuses: [RUNNING] }, {}, '1/1 Running 0'],
    [
      'an image is pulled',
      spec,
      { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
      {},
      '0/1 ContainerCreating 0',
    ],
    [
      'a crash loop',
      spec,
      {
        phase: 'Running',
        containerStatuses: [
          waiting('CrashLoopBackOff', {
            restartCount: 4,
            lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-02T03:03:20Z' } },
          }),
        ],
      },
      {},
      '0/1 CrashLoopBackOff 4 (45s ago)',
    ],
    [
      'done',
      spec,
      { phase: 'Succeeded', containerStatuses: [terminated({ reason: 'Completed' })] },
      {},
      '0/1 Completed 0',
    ],
    [
      'an exit code without a reason',
      spec,
      { phase: 'Failed', containerStatuses: [terminated({ exitCode: 3 })] },
      {},
      '0/1 ExitCode:3 0',
    ],
    [
      'a signal without a reason',
      spec,
      { phase: 'Failed', containerStatuses: [terminated({ exitCode: 137, signal: 9 })] },
      {},
      '0/1 Signal:9 0',
    ],
    [
      'one of two is done, and the pod is not ready',
      two,
      {
        phase: 'Running',
        containerStatuses: [terminated({ reason: 'Completed' }), { ...RUNNING, name: 'b' }],
      },
      {},
      '1/2 NotReady 0',
    ],
    ['evicted', spec, { phase: 'Failed', reason: 'Evicted' }, {}, '0/1 Evicted 0'],
    [
      'deleted',
      spec,
      { phase: 'Running', containerStatuses: [RUNNING] },
      deleted,
      '1/1 Terminating 0',
    ],
    ['deleted after its end', spec, { phase: 'Succeeded' }, deleted, '0/1 Succeeded 0'],
    [
      'lost with its node',
      spec,
      { phase: 'Running', reason: 'NodeLost' },
      deleted,
      '0/1 Unknown 0',
    ],
    [
      'gated',
      spec,
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      {},
      '0/1 SchedulingGated 0',
    ],
    [
      'the second init container has not begun',
      init,
      {
        phase: 'Pending',
        initContainerStatuses: [terminated({ reason: 'Completed' }), waiting('PodInitializing')],
        containerStatuses: [waiting('PodInitializing')],
      },
      {},
      '0/1 Init:1/2 0',
    ],
    [
      'an init container failed',
      init,
      { phase: 'Pending', initContainerStatuses: [terminated({ exitCode: 1, reason: 'Error' })] },
      {},
      '0/1 Init:Error 0',
    ],
    [
      'an init container loops',
      init,
      {
        phase: 'Pending',
        initContainerStatuses: [waiting('CrashLoopBackOff', { restartCount: 2 })],
      },
      {},
      '0/1 Init:CrashLoopBackOff 2',
    ],
    [
      'a sidecar counts among the containers',
      sidecar,
      {
        phase: 'Running',
        initContainerStatuses: [{ ...RUNNING, name: 's', started: true, restartCount: 1 }],
        containerStatuses: [RUNNING],
      },
      {},
      '2/2 Running 1',
    ],
  ];
  for (const [name, podSpec, status, metadata, expected] of cases) {
    const row = cells(object({ spec: podSpec, status }, { ...metadata })) as string[];
    t.equal(row.slice(1, 4).join(' '), expected, name);
  }
  t.end();
});

void t.test('a pod in wide form', (t) => {
  const row = cells(
    object({
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'a' }],
        readinessGates: [{ conditionType: 'lb' }, { conditionType: 'z' }],
      },
      status: {
        phase: 'Running',
        podIPs: [{ ip: '10.1.2.3' }],
        conditions: [{ type: 'lb', status: 'True' }],
        containerStatuses: [RUNNING],
      },
    }),
  );
  t.same(row, ['x', '1/1', 'Running', '0', '3m12s', '10.1.2.3', 'n1', '<none>', '1/2']);
  t.end();
});

void t.test('pods that have ended are marked', (t) => {
  const row = printTable('pods', [object({ status: { phase: 'Failed' } })], {
    nowMs: NOW,
    includeObject: 'None',
  });
  t.same(row.rows[0]?.conditions, [
    { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
  ]);
  t.end();
});
