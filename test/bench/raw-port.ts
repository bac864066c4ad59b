import { MessageChannel, Worker } from 'node:worker_threads';
import type { BenchItem } from './bench-protocol.js';

export type RawMessage = { readonly ask: number } | BenchItem;
export type RawAnswer = { readonly reply: number } | { readonly seen: number };

export interface RawOrder {
  readonly type: 'asks' | 'tells';
  /** Of tells a multiple of `ACKNOWLEDGE_EVERY`. */
  readonly count: number;
}

/** The same bounds as a link has: without any, the sender of a flood would run out of memory. */
export const IN_FLIGHT_MAX = 8192;
export const ACKNOWLEDGE_EVERY = 2048;

export interface RawPair {
  run(order: RawOrder): Promise<{ readonly tookMs: number }>;
  close(): Promise<void>;
}

/** Two threads with a bare MessagePort between them. */
export function openRawPair(): RawPair {
  const [caller, echo] = ['raw-caller', 'raw-echo'].map(
    (name) => new Worker(new URL(`./tasks/${name}.js`, import.meta.url)),
  ) as [Worker, Worker];
  const { port1, port2 } = new MessageChannel();
  caller.postMessage(port1, [port1]);
  echo.postMessage(port2, [port2]);
  return {
    run: (order) =>
      new Promise((resolve) => {
        caller.once('message', resolve);
        caller.postMessage(order);
      }),
    async close() {
      await Promise.all([caller.terminate(), echo.terminate()]);
    },
  };
}
