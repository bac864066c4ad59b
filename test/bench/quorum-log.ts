import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Packr, Unpackr } from 'msgpackr';
import { closedLoop, type LoopResult } from './closed-loop.js';

const REPLICAS = 3;
const MAJORITY = 2;

/**
 * The least that a replicated durable write can cost on this machine: three threads that write and sync what they get, and a
 * client in the main thread that waits for two of them.
 */
export async function quorumLog(
  clients: number,
  seconds: number,
  valueBytes: number,
): Promise<LoopResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-quorum-'));
  const packr = new Packr({ useRecords: false });
  const unpackr = new Unpackr({ useRecords: false });
  const pending = new Map<number, { acknowledgements: number; readonly done: () => void }>();
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, async (_, index) => {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(new URL('./workers/quorum-replica.js', import.meta.url), {
        workerData: { file: path.join(folder, `log-${String(index)}`), port: port2 },
        transferList: [port2],
      });
      await new Promise((resolve) => worker.once('message', resolve));
      port1.on('message', (reply: Uint8Array) => {
        for (const id of unpackr.unpack(reply) as number[]) acknowledged(id);
      });
      return { worker, port: port1 };
    }),
  );
  function acknowledged(id: number): void {
    const entry = pending.get(id);
    if (entry === undefined || ++entry.acknowledgements < MAJORITY) return;
    pending.delete(id);
    entry.done();
  }
  const value = new Uint8Array(valueBytes).fill(120);
  let outbox: { id: number; value: Uint8Array }[] = [];
  function flush(): void {
    const frame = packr.pack(outbox);
    outbox = [];
    for (const { port } of replicas) port.postMessage(Uint8Array.from(frame));
  }
  try {
    return await closedLoop(
      clients,
      seconds,
      (id) =>
        new Promise((resolve) => {
          const done = (): void => {
            resolve(true);
          };
          pending.set(id, { acknowledgements: 0, done });
          if (outbox.length === 0) setImmediate(flush);
          outbox.push({ id, value });
        }),
    );
  } finally {
    await Promise.all(replicas.map(({ worker }) => worker.terminate()));
    rmSync(folder, { recursive: true, force: true });
  }
}
