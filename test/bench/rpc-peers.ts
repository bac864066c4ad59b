import { MessageChannel, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { wrap } from 'comlink';
import { Piscina } from 'piscina';

interface Echo {
  echo(n: number): number;
}

/** Microseconds of one call of comlink to another thread, one after another. */
export async function comlinkCallUs(count: number): Promise<number> {
  const worker = new Worker(new URL('./tasks/comlink-echo.js', import.meta.url));
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  const remote = wrap<Echo>(port1);
  try {
    return await meanUs(count, (n) => remote.echo(n));
  } finally {
    port1.close();
    await worker.terminate();
  }
}

/** Microseconds of one task of Piscina that does nothing, one after another. */
export async function piscinaTaskUs(count: number): Promise<number> {
  const pool = new Piscina<number, number>({
    filename: fileURLToPath(new URL('./tasks/pool-echo.js', import.meta.url)),
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    return await meanUs(count, (n) => pool.run(n));
  } finally {
    await pool.destroy();
  }
}

async function meanUs(count: number, call: (n: number) => Promise<number>): Promise<number> {
  for (let n = 0; n < count / 10; n++) await call(n);
  const beganMs = performance.now();
  for (let n = 0; n < count; n++) await call(n);
  return ((performance.now() - beganMs) * 1000) / count;
}
