import type { BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, failed, ok } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { SilentProtocol } from '../../../src/protocol/index.js';
import { createStoreClient } from '../../../src/store/index.js';
import { closedLoop, type LoopResult } from '../closed-loop.js';

export interface StoreLoadConfig {
  readonly replicas: readonly string[];
}

/** What it is told to do, as a fault: `inject` is how main reaches an actor. */
export type StoreLoad =
  | {
      readonly type: 'put' | 'range' | 'serializable-range';
      readonly clients: number;
      readonly seconds: number;
      readonly keys: number;
      readonly valueBytes: number;
    }
  /** So many puts of fresh keys, 256 at a time. */
  | { readonly type: 'fill'; readonly keys: number; readonly valueBytes: number }
  /** So many watchers of everything, and puts until each has seen `events`. */
  | { readonly type: 'watch'; readonly watchers: number; readonly events: number };

export interface StoreLoadReport {
  readonly busy: boolean;
  readonly result: LoopResult | undefined;
}

const FILL_CLIENTS = 256;
/** As an API server does, so that the history does not grow with the length of the run. */
const COMPACT_EVERY = 20_000;

function storeLoad(): BehaviourFactory<SilentProtocol, StoreLoadConfig> {
  return (context, config) => {
    const client = createStoreClient(context, {
      replicas: config.replicas.map(actorId),
      requestTimeoutMs: 20_000,
    });
    let busy = false;
    let result: LoopResult | undefined;

    const keyOf = (n: number): string => `/bench/${String(n).padStart(8, '0')}`;
    async function put(key: string, value: Uint8Array): Promise<number | undefined> {
      const success = [{ type: 'put', key, value } as const];
      const written = await client.txn({ compare: [], success, failure: [] });
      return written.ok ? written.value.header.revision : undefined;
    }
    async function get(key: string, serializable: boolean): Promise<boolean> {
      return (await client.range({ key, serializable })).ok;
    }

    /** One client in flight after the other: `clients` at a time, `keys` in all. */
    async function fill(keys: number, valueBytes: number): Promise<LoopResult> {
      const value = new Uint8Array(valueBytes).fill(120);
      const beganMs = performance.now();
      let next = 0;
      await Promise.all(
        Array.from({ length: FILL_CLIENTS }, async () => {
          while (next < keys) await put(keyOf(next++), value);
        }),
      );
      const seconds = (performance.now() - beganMs) / 1000;
      return { perSecond: keys / seconds, p50Ms: NaN, p99Ms: NaN, failed: 0 };
    }

    /** Events delivered a second, to all watchers together. */
    async function watch(watchers: number, events: number): Promise<LoopResult> {
      const value = new Uint8Array(256).fill(120);
      const range = { key: '/fan/', rangeEnd: '/fan0' };
      let [started, seen] = [0, 0];
      let onMoved = (): void => undefined;
      const until = (reached: () => boolean): Promise<void> =>
        new Promise((resolve) => {
          onMoved = () => {
            if (reached()) resolve();
          };
          onMoved();
        });
      const first = new Set<number>();
      const open = Array.from({ length: watchers }, (_, watcher) =>
        client.watch(range, {
          onBatch: (batch) => {
            if (!first.has(watcher)) started++;
            first.add(watcher);
            seen += batch.events.length;
            onMoved();
          },
          onEnd: () => undefined,
        }),
      );
      await until(() => started === watchers);
      const beganMs = performance.now();
      for (let n = 0; n < events; n++) void put(`/fan/${String(n % 100)}`, value);
      await until(() => seen >= watchers * events);
      const seconds = (performance.now() - beganMs) / 1000;
      for (const each of open) each.cancel();
      return { perSecond: seen / seconds, p50Ms: NaN, p99Ms: NaN, failed: 0 };
    }

    async function run(load: StoreLoad): Promise<LoopResult> {
      if (load.type === 'fill') return fill(load.keys, load.valueBytes);
      if (load.type === 'watch') return watch(load.watchers, load.events);
      const value = new Uint8Array(load.valueBytes).fill(120);
      return closedLoop(load.clients, load.seconds, async (n) => {
        const key = keyOf(n % load.keys);
        if (load.type !== 'put') return get(key, load.type === 'serializable-range');
        const revision = await put(key, value);
        if (revision !== undefined && revision % COMPACT_EVERY === 0)
          void client.compact(revision - COMPACT_EVERY / 2);
        return revision !== undefined;
      });
    }
    return {
      start: () => undefined,
      tells: {},
      asks: {},
      streams: {},
      peerUp: (peer) => {
        client.peerUp(peer);
      },
      peerDown: (peer) => {
        client.peerDown(peer);
      },
      inject: (load) => {
        if (busy) return failed({ code: 'busy', message: 'it is at work' });
        busy = true;
        result = undefined;
        void run(load as unknown as StoreLoad).then((measured) => {
          result = measured;
          busy = false;
        });
        return ok(undefined);
      },
      report: () => ({ busy, result }),
    };
  };
}

runActor(storeLoad());
