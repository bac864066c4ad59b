import t from 'tap';
import { CpuPool } from '../../src/io/pool/index.js';
import type { Task } from './tasks/misbehaving.js';

t.setTimeout(60_000);

const PATIENCE = { timeoutMs: 30_000 };

function openPool(options: { threads?: number; queueMax?: number; program?: string } = {}) {
  const { threads = 1, queueMax = 8, program = './tasks/misbehaving.js' } = options;
  return new CpuPool<Task, unknown>({
    program: new URL(program, import.meta.url),
    threads,
    queueMax,
    heapMbMax: 32,
  });
}

t.test('what a task does to its thread ends this task only, with its reason', async (t) => {
  const pool = openPool();
  for (const [type, timeoutMs, failure] of [
    ['throw', 30_000, { code: 'failed', message: 'thrown on purpose', stack: /misbehaving/ }],
    ['crash', 30_000, { code: 'worker-died', message: 'crashed on purpose' }],
    ['exit', 30_000, { code: 'worker-died', message: /exited with code: 3/ }],
    ['allocate', 30_000, { code: 'worker-died', message: /memory/ }],
    ['loop', 200, { code: 'timeout', message: 'not done within 200 ms' }],
    ['function', 30_000, { code: 'failed', message: /cannot be sent/ }],
  ] as const) {
    const doomed = pool.run({ type }, { timeoutMs });
    const behind = pool.run({ type: 'double', n: 21 }, PATIENCE);
    t.match(await doomed, { ok: false, error: failure }, type);
    t.same(await behind, { ok: true, value: 42 }, `the task behind ${type} has a thread`);
  }
  await pool.close();
});

t.test('a flood beyond the queue is refused, and what was taken is done', async (t) => {
  const pool = openPool({ queueMax: 3 });
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const holder = pool.run({ type: 'hold', shared }, PATIENCE);
  const flood = Array.from({ length: 1000 }, (_, n) => pool.run({ type: 'double', n }, PATIENCE));
  const refused = await Promise.all(flood.slice(3));
  t.ok(refused.every((result) => !result.ok && result.error.code === 'overloaded'));
  await begun(shared);
  Atomics.store(shared, 1, 1);
  Atomics.notify(shared, 1);
  t.same(await holder, { ok: true, value: 'released' });
  t.same(await Promise.all(flood.slice(0, 3)), [
    { ok: true, value: 0 },
    { ok: true, value: 2 },
    { ok: true, value: 4 },
  ]);
  await pool.close();
});

t.test(
  'a task is canceled while it runs and while it waits, and by the end of the pool',
  async (t) => {
    const pool = openPool();
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = pool.run({ type: 'hold', shared }, { ...PATIENCE, signal: running.signal });
    const second = pool.run({ type: 'double', n: 1 }, { ...PATIENCE, signal: waiting.signal });
    const third = pool.run({ type: 'double', n: 2 }, PATIENCE);
    await begun(shared);
    waiting.abort();
    t.match(await second, { ok: false, error: { code: 'canceled' } });
    running.abort();
    t.match(await first, { ok: false, error: { code: 'canceled' } });
    t.same(await third, { ok: true, value: 4 });
    const late = pool.run({ type: 'double', n: 1 }, { ...PATIENCE, signal: running.signal });
    t.match(await late, { ok: false, error: { code: 'canceled' } }, 'it was canceled before');
    const last = pool.run({ type: 'loop' }, PATIENCE);
    await pool.close();
    t.match(await last, { ok: false, error: { code: 'canceled', message: 'the pool is closed' } });
    t.match(await pool.run({ type: 'double', n: 1 }, PATIENCE), {
      ok: false,
      error: { code: 'canceled' },
    });
  },
);

t.test('a program that does not load fails every task', async (t) => {
  const pool = openPool({ program: './tasks/nowhere.js', threads: 2 });
  const tasks = Array.from({ length: 6 }, (_, n) => pool.run({ type: 'double', n }, PATIENCE));
  for (const result of await Promise.all(tasks))
    t.match(result, { ok: false, error: { code: 'worker-died', message: /nowhere/ } });
  await pool.close();
});

/** Resolves once a `hold` runs. */
async function begun(shared: Int32Array): Promise<void> {
  while (Atomics.load(shared, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
}
