import t from 'tap';
import type { Clock, Crypto } from '../../src/base/index.js';
import type { ContainerRuntime, ContainerStatus } from '../../src/protocol/index.js';
import { addressPool, simulatedRuntime } from '../../src/runtime/index.js';
import { containerPlan } from '../../src/runtime/simulated-plan.js';

/** Time that moves only when it is told to. */
function manualClock(): Clock & { advance(ms: number): void } {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; run: () => void }>();
  return {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}

function countingCrypto(): Crypto {
  let count = 0;
  return {
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    randomBytes: (bytes) => new Uint8Array(bytes),
    sha256: () => new Uint8Array(32),
  };
}

async function started(
  runtime: ContainerRuntime,
  command: string[],
  annotations = {},
): Promise<{ sandbox: string; container: string }> {
  const sandbox = await runtime.runPodSandbox({
    podUid: 'u',
    namespace: 'd',
    name: 'p',
    attempt: 0,
    hostNetwork: false,
    annotations,
  });
  if (!sandbox.ok) throw new Error(sandbox.error.message);
  const container = await runtime.createContainer(sandbox.value.id, {
    name: 'c',
    image: 'nginx',
    command,
    args: [],
    attempt: 0,
  });
  if (!container.ok) throw new Error(container.error.message);
  await runtime.startContainer(container.value);
  return { sandbox: sandbox.value.id, container: container.value };
}

const only = (runtime: ContainerRuntime): ContainerStatus | undefined =>
  runtime.list()[0]?.containers[0];

t.test('a server runs until it is stopped; a stopped sandbox gives its address back', async (t) => {
  const clock = manualClock();
  const runtime = simulatedRuntime({ clock, crypto: countingCrypto(), podCidr: '10.244.1.0/24' });
  const { sandbox, container } = await started(runtime, []);
  t.equal(runtime.list()[0]?.ip, '10.244.1.2');
  clock.advance(1e9);
  t.equal(only(runtime)?.state, 'running');
  await runtime.stopContainer(container, 30);
  t.match(only(runtime), { state: 'exited', exitCode: 0, reason: 'Completed' });
  await runtime.stopPodSandbox(sandbox);
  t.equal(runtime.list()[0]?.state, 'not-ready');
  await runtime.removePodSandbox(sandbox);
  t.same(runtime.list(), []);
});

t.test('a command that ends is an event, with its exit code', async (t) => {
  const clock = manualClock();
  const runtime = simulatedRuntime({ clock, crypto: countingCrypto(), podCidr: '10.244.1.0/24' });
  const events: string[] = [];
  runtime.onEvent(({ podUid }) => events.push(podUid));
  const { container } = await started(runtime, ['sh', '-c', 'echo hello; sleep 5; exit 3']);
  clock.advance(4999);
  t.same(events, []);
  clock.advance(1);
  t.same(events, ['u']);
  t.match(only(runtime), { state: 'exited', exitCode: 3, reason: 'Error' });
  let ended = 0;
  const tail = runtime.logs(container, { onLine: () => undefined, onEnd: () => ended++ });
  t.match(
    tail?.lines.map(({ text }) => text),
    [/started/, 'hello', /exit code 3/],
  );
  t.equal(ended, 1);
});

t.test('commands and annotations say what happens', async (t) => {
  const plan = (command: string[], annotations = {}): unknown =>
    containerPlan({ name: 'c', image: 'i', command, args: [], attempt: 0 }, annotations);
  t.match(plan(['sleep', '2']), { endsAfterMs: 2000, exitCode: 0 });
  t.match(plan(['sleep', 'infinity']), { endsAfterMs: undefined });
  t.match(plan(['/bin/sh', '-c', 'sleep 1 && false']), { endsAfterMs: 1000, exitCode: 1 });
  t.match(plan(['true']), { endsAfterMs: 0, exitCode: 0 });
  t.match(plan(['sleep', '2147483647']), { endsAfterMs: 2_147_483_647_000 });
  t.match(plan(['sleep', '2m']), { endsAfterMs: 120_000 });
  t.match(plan(['sh', '-c', 'exit x']), { exitCode: 2 });
  t.match(
    plan(['sleep', '1'], { 'simulated.kubactor.dev/c': 'healthy-after=3s unhealthy-after=100ms' }),
    { endsAfterMs: 1000, healthyAfterMs: 3000, unhealthyAfterMs: 100 },
  );
  t.match(plan(['nginx', '-g', 'daemon off;']), { endsAfterMs: undefined });
  t.match(plan([], { 'simulated.kubactor.dev/c': 'exit=137 after=3s reason=OOMKilled' }), {
    endsAfterMs: 3000,
    exitCode: 137,
    reason: 'OOMKilled',
  });
});

t.test("a pod has its sandboxes, the newest first, and nobody else's", async (t) => {
  const clock = manualClock();
  const runtime = simulatedRuntime({ clock, crypto: countingCrypto(), podCidr: '10.244.1.0/24' });
  const config = {
    podUid: 'u',
    namespace: 'd',
    name: 'p',
    attempt: 0,
    hostNetwork: false,
    annotations: {},
  };
  await runtime.runPodSandbox(config);
  await runtime.runPodSandbox({ ...config, podUid: 'other' });
  await runtime.runPodSandbox({ ...config, attempt: 1 });
  t.same(
    runtime.sandboxesOf('u').map((sandbox) => sandbox.config.attempt),
    [1, 0],
  );
  for (const { id } of runtime.sandboxesOf('u')) await runtime.removePodSandbox(id);
  t.same(runtime.sandboxesOf('u'), []);
  t.equal(runtime.list().length, 1);
});

t.test('probes succeed within the time that an annotation gives them', async (t) => {
  const clock = manualClock();
  const runtime = simulatedRuntime({ clock, crypto: countingCrypto(), podCidr: '10.244.1.0/24' });
  const { container } = await started(runtime, [], {
    'simulated.kubactor.dev/c': 'healthy-after=2s unhealthy-after=4s',
  });
  const outcome = async (): Promise<string> =>
    (await runtime.probe(container, { type: 'tcp', port: 1 })).outcome;
  t.equal(await outcome(), 'failure');
  clock.advance(2000);
  t.equal(await outcome(), 'success');
  clock.advance(2000);
  t.equal(await outcome(), 'failure');
});

t.test('nothing starts in a sandbox that was stopped, or that never was', async (t) => {
  const runtime = simulatedRuntime({
    clock: manualClock(),
    crypto: countingCrypto(),
    podCidr: '10.244.1.0/24',
  });
  const { sandbox } = await started(runtime, []);
  const second = await runtime.createContainer(sandbox, {
    name: 'd',
    image: 'nginx',
    command: [],
    args: [],
    attempt: 0,
  });
  await runtime.stopPodSandbox(sandbox);
  if (!second.ok) throw new Error(second.error.message);
  t.match(await runtime.startContainer(second.value), { ok: false, error: { code: 'failed' } });
  t.match(
    await runtime.createContainer('none', {
      name: 'd',
      image: 'nginx',
      command: [],
      args: [],
      attempt: 0,
    }),
    { ok: false, error: { code: 'not-found' } },
  );
});

t.test('an image that does not exist is not found', async (t) => {
  const clock = manualClock();
  const runtime = simulatedRuntime({ clock, crypto: countingCrypto(), podCidr: '10.244.1.0/24' });
  const pulling = runtime.pullImage('does-not-exist:1');
  clock.advance(1000);
  t.match(await pulling, {
    ok: false,
    error: { code: 'image-not-found', message: /docker\.io\/library\/does-not-exist:1/ },
  });
  t.equal(await runtime.imageStatus('does-not-exist:1'), undefined);
});

t.test('addresses are handed out in turn, until there is none', async (t) => {
  const pool = addressPool('10.0.0.0/29');
  const taken = [1, 2, 3, 4, 5].map(() => pool.take());
  t.same(taken, ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
  t.equal(pool.take(), undefined);
  pool.giveBack('10.0.0.4');
  t.equal(pool.take(), '10.0.0.4');
});
