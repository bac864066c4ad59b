import t from 'tap';
import type { V1Pod } from '../../src/api/index.js';
import type { ContainerStatus, SandboxStatus } from '../../src/protocol/index.js';
import { raised, restartDueMs } from '../../src/kubelet/backoff.js';
import { localPod, type LocalPod } from '../../src/kubelet/local-pod.js';
import { planPod } from '../../src/kubelet/pod-plan.js';
import { podStatus } from '../../src/kubelet/pod-status.js';

const WALL_MS = Date.UTC(2026, 10, 22);

function pod(spec: Record<string, unknown> = {}, more: Record<string, unknown> = {}): V1Pod {
  return {
    metadata: { name: 'p', namespace: 'd', uid: 'u' },
    spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Always', ...spec },
    ...more,
  };
}

function container(name: string, change: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    id: `id-${name}`,
    config: { name, image: 'i', command: [], args: [], attempt: 0 },
    imageRef: 'i@sha256:1',
    state: 'running',
    startedAtMs: WALL_MS,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    ...change,
  };
}

function sandbox(change: Partial<SandboxStatus> = {}): SandboxStatus {
  const config = {
    podUid: 'u',
    namespace: 'd',
    name: 'p',
    attempt: 0,
    hostNetwork: false,
    annotations: {},
  };
  return {
    id: 's',
    config,
    state: 'ready',
    ip: '10.244.0.2',
    createdAtMs: WALL_MS,
    containers: [],
    ...change,
  };
}

/** A pod whose containers are in these states; `null`: without a sandbox. */
function local(
  of: V1Pod,
  states: Record<string, Partial<ContainerStatus> | undefined>,
  sandboxOf: SandboxStatus | null = sandbox(),
): LocalPod {
  const found = localPod(of);
  found.sandbox = sandboxOf ?? undefined;
  for (const [name, state] of Object.entries(states)) {
    const known = found.containers.get(name);
    if (known === undefined || state === undefined) continue;
    Object.assign(known, {
      current: container(name, state),
      image: 'present',
      restarts: 0,
      ready: state.state !== 'exited',
      started: true,
    });
  }
  return found;
}

function steps(of: V1Pod, known: LocalPod, nowMs = 0): string[] {
  return planPod(of, known, nowMs).actions.map((action) =>
    'container' in action ? `${action.type} ${action.container.name}` : action.type,
  );
}

function statusOf(of: V1Pod, known: LocalPod, nowMs = 0): NonNullable<V1Pod['status']> {
  return podStatus({
    pod: of,
    local: known,
    hostIp: '127.0.0.1',
    runtimeName: 'simulated',
    nowMs,
    wallMs: WALL_MS,
  });
}

t.test('sandbox, pull, start: then nothing more to do', async (t) => {
  const of = pod();
  t.same(steps(of, local(of, {}, null)), ['start-sandbox']);
  t.same(steps(of, local(of, {})), ['pull c']);
  const pulled = local(of, {});
  Object.assign(pulled.containers.get('c') ?? {}, { image: 'present' });
  t.same(steps(of, pulled), ['start c']);
  t.same(steps(of, local(of, { c: {} })), []);
});

t.test('init containers run one after another, before all others', async (t) => {
  const of = pod({
    initContainers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  });
  t.same(steps(of, local(of, {})), ['pull a']);
  t.same(steps(of, local(of, { a: {} })), [], 'a runs');
  t.same(steps(of, local(of, { a: { state: 'exited' } })), ['pull b']);
  t.same(steps(of, local(of, { a: { state: 'exited' }, b: { state: 'exited' } })), ['pull c']);
});

t.test('a sidecar stays, and holds back the others only until it has started', async (t) => {
  const of = pod({ initContainers: [{ name: 's', image: 'i', restartPolicy: 'Always' }] });
  t.same(steps(of, local(of, { s: {} })), ['pull c']);
  t.same(steps(of, local(of, { s: { state: 'exited', exitCode: 0 }, c: {} })), ['start s']);
});

t.test('restart policies decide by exit code', async (t) => {
  for (const [restartPolicy, exitCode, expected] of [
    ['Always', 0, ['start c']],
    ['Always', 1, ['start c']],
    ['OnFailure', 0, ['kill-pod']],
    ['OnFailure', 1, ['start c']],
    ['Never', 0, ['kill-pod']],
    ['Never', 1, ['kill-pod']],
  ] as const) {
    const of = pod({ restartPolicy });
    t.same(
      steps(of, local(of, { c: { state: 'exited', exitCode } })),
      expected,
      `${restartPolicy} ${exitCode}`,
    );
  }
});

t.test('a crash waits for its backoff, and says so', async (t) => {
  const of = pod();
  const known = local(of, { c: { state: 'exited', exitCode: 1, reason: 'Error' } });
  const backoff = raised(undefined, 1000);
  Object.assign(known.containers.get('c') ?? {}, { crashBackoff: backoff, exitedMs: 1000 });
  const plan = planPod(of, known, 2000);
  t.same(plan, { actions: [], wakeAtMs: 11_000 });
  const [shown] = statusOf(of, known, 2000).containerStatuses ?? [];
  t.match(shown?.state?.waiting, {
    reason: 'CrashLoopBackOff',
    message: 'back-off 10s restarting failed container=c pod=p_d(u)',
  });
  t.match(shown?.lastState?.terminated, { exitCode: 1, reason: 'Error' });
  t.same(steps(of, known, 11_000), ['start c']);
});

t.test('backoff doubles to five minutes and is forgotten in peace', async (t) => {
  let backoff = raised(undefined, 0);
  const delays = [backoff.delayMs];
  for (let i = 0; i < 6; i++) {
    backoff = raised(backoff, backoff.sinceMs + backoff.delayMs);
    delays.push(backoff.delayMs);
  }
  t.same(delays, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  t.equal(raised(backoff, backoff.sinceMs + 3_600_000).delayMs, 10_000);
});

t.test(
  'the first restart is at once; each one makes the next crash wait longer, from its own end on',
  async (t) => {
    t.equal(restartDueMs(undefined, 5000), 5000);
    t.equal(restartDueMs(raised(undefined, 5000), 6000), 16_000);
    t.equal(restartDueMs(raised(undefined, 5000), 5000 + 600_001), 605_001, 'ten minutes of peace');
  },
);

t.test('a failed pull is ErrImagePull, then ImagePullBackOff', async (t) => {
  const of = pod();
  const known = local(of, {});
  Object.assign(known.containers.get('c') ?? {}, {
    image: 'failed',
    imageError: { reason: 'ErrImagePull', message: 'not found' },
    imageBackoff: raised(undefined, 0),
  });
  t.same(planPod(of, known, 500), { actions: [], wakeAtMs: 1000 });
  t.match(statusOf(of, known, 500).containerStatuses?.[0]?.state?.waiting, {
    reason: 'ErrImagePull',
    message: 'not found',
  });
  Object.assign(known.containers.get('c') ?? {}, { image: 'backing-off' });
  t.match(statusOf(of, known, 1500).containerStatuses?.[0]?.state?.waiting, {
    reason: 'ImagePullBackOff',
  });
  t.same(planPod(of, known, 1500).wakeAtMs, 10_000);
});

t.test('deletion kills, then deletes', async (t) => {
  const of = pod(
    {},
    {
      metadata: {
        name: 'p',
        namespace: 'd',
        uid: 'u',
        deletionTimestamp: '2026-11-22T00:00:00Z',
        deletionGracePeriodSeconds: 7,
      },
    },
  );
  t.same(planPod(of, local(of, { c: {} }), 0).actions, [{ type: 'kill-pod', graceSeconds: 7 }]);
  t.same(steps(of, local(of, { c: { state: 'exited' } }, sandbox({ state: 'not-ready' }))), [
    'delete',
  ]);
});

t.test('phases and conditions follow the containers', async (t) => {
  const of = pod();
  const summary = (known: LocalPod): unknown[] => {
    const status = statusOf(of, known);
    return [
      status.phase,
      ...['Initialized', 'Ready', 'ContainersReady'].map(
        (type) => status.conditions?.find((condition) => condition.type === type)?.status,
      ),
    ];
  };
  t.same(summary(local(of, {}, null)), ['Pending', 'True', 'False', 'False']);
  t.same(summary(local(of, { c: {} })), ['Running', 'True', 'True', 'True']);
  const never = pod({ restartPolicy: 'Never' });
  t.equal(
    statusOf(never, local(never, { c: { state: 'exited', exitCode: 0 } })).phase,
    'Succeeded',
  );
  t.equal(statusOf(never, local(never, { c: { state: 'exited', exitCode: 3 } })).phase, 'Failed');
  const unready = statusOf(of, local(of, {})).conditions?.find(
    (condition) => condition.type === 'Ready',
  );
  t.match(unready, {
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [c]',
  });
});

t.test(
  'a new life of the kubelet starts what ran, counts it, and leaves what had ended',
  async (t) => {
    const running = {
      name: 'c',
      containerID: 'simulated://1',
      restartCount: 2,
      ready: true,
      image: 'i',
      imageID: '',
      state: { running: { startedAt: '2026-11-22T00:00:00Z' } },
    };
    const ran = pod({}, { status: { phase: 'Running', containerStatuses: [running] } });
    const lost = localPod(ran);
    t.equal(lost.containers.get('c')?.restarts, 2);
    t.match(lost.containers.get('c')?.ended, { exitCode: 137, reason: 'ContainerStatusUnknown' });
    t.same(steps(ran, lost), ['start-sandbox']);
    const over = { ...running, state: { terminated: { exitCode: 0, reason: 'Completed' } } };
    const ended = pod(
      { restartPolicy: 'OnFailure' },
      { status: { phase: 'Running', containerStatuses: [over] } },
    );
    t.same(steps(ended, localPod(ended)), []);
    t.equal(statusOf(ended, localPod(ended)).phase, 'Succeeded');
  },
);

t.test(
  'the same input gives the same status: nothing is written when nothing changed',
  async (t) => {
    const of = pod();
    const known = local(of, { c: {} });
    const first = statusOf(of, known);
    const second = podStatus({
      pod: { ...of, status: first },
      local: known,
      hostIp: '127.0.0.1',
      runtimeName: 'simulated',
      nowMs: 9e9,
      wallMs: WALL_MS + 9e9,
    });
    t.same(second, first);
    t.equal(JSON.stringify(second), JSON.stringify(first));
  },
);
