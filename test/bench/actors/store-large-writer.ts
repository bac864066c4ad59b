import type { BehaviourFactory } from '../../../src/actor/index.js';
import { actorId } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { SilentProtocol } from '../../../src/protocol/index.js';
import { createStoreClient } from '../../../src/store/index.js';
import { gapMeter, type GapWindow } from '../gap-meter.js';

export interface StoreLargeWriterConfig {
  readonly replicas: readonly string[];
  readonly keys: number;
  readonly valueBytes: number;
}

export interface StoreLargeWriterReport extends GapWindow {
  readonly filled: boolean;
}

const PUTS_PER_TXN = 128;
const FILL_CLIENTS = 4;
/** After the fill: a put each time, and every so many of them a transaction that overwrites, so that the log grows. */
const PUT_EVERY_MS = 2;
const PUTS_PER_OVERWRITE = 5;
/** As an API server does, so that the history does not grow with the length of the run. */
const COMPACT_EVERY_TXNS = 100;

/** Fills the store, and then goes on writing in an open loop. Of the puts that stand alone it measures the gaps. `report` starts a new window. */
function storeLargeWriter(): BehaviourFactory<SilentProtocol, StoreLargeWriterConfig> {
  return (context, { replicas, keys, valueBytes }) => {
    const client = createStoreClient(context, {
      replicas: replicas.map(actorId),
      requestTimeoutMs: 20_000,
    });
    const value = new Uint8Array(valueBytes).fill(120);
    const meter = gapMeter(context.clock.monotonicMs());
    let filled = false;

    async function write(from: number, count: number): Promise<number | undefined> {
      const success = Array.from({ length: count }, (_, at) => {
        const key = `/bench/${String((from + at) % keys).padStart(8, '0')}`;
        return { type: 'put', key, value } as const;
      });
      const written = await client.txn({ compare: [], success, failure: [] });
      return written.ok ? written.value.header.revision : undefined;
    }

    async function fill(): Promise<void> {
      let next = 0;
      await Promise.all(
        Array.from({ length: FILL_CLIENTS }, async () => {
          while (next < keys) {
            const from = next;
            next += PUTS_PER_TXN;
            const count = Math.min(PUTS_PER_TXN, keys - from);
            while ((await write(from, count)) === undefined) await context.sleep(10);
          }
        }),
      );
      filled = true;
      meter.take(context.clock.monotonicMs());
      writeOn(context.clock.monotonicMs(), 0);
    }

    function writeOn(dueMs: number, count: number): void {
      let at = count;
      let nextMs = dueMs;
      for (const nowMs = context.clock.monotonicMs(); nextMs <= nowMs; nextMs += PUT_EVERY_MS) {
        void write(at, 1).then((revision) => {
          if (revision === undefined) meter.refused();
          else meter.acknowledged(context.clock.monotonicMs());
        });
        at++;
        if (at % PUTS_PER_OVERWRITE === 0) overwrite(at / PUTS_PER_OVERWRITE);
      }
      context.clock.after(nextMs - context.clock.monotonicMs(), () => {
        writeOn(nextMs, at);
      });
    }

    function overwrite(n: number): void {
      void write(n * PUTS_PER_TXN, PUTS_PER_TXN).then((revision) => {
        if (revision !== undefined && n % COMPACT_EVERY_TXNS === 0) void client.compact(revision);
      });
    }

    return {
      start: () => {
        void fill();
      },
      tells: {},
      asks: {},
      streams: {},
      peerUp: (peer) => {
        client.peerUp(peer);
      },
      peerDown: (peer) => {
        client.peerDown(peer);
      },
      report: () => ({ ...meter.take(context.clock.monotonicMs()), filled }),
    };
  };
}

runActor(storeLargeWriter());
