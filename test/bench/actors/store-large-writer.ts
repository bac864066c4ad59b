import type { BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, ok } from '../../../src/base/index.js';
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
/** After the fill: a put each time, unless so many wait for their answer that more would measure the queue. */
const PUT_EVERY_MS = 5;
const PUTS_IN_FLIGHT_MAX = 32;
/** As an API server does, so that the history does not grow with the length of the run. */
const COMPACT_EVERY_TXNS = 100;

/**
 * Fills the store, and then goes on putting single keys and measures the gaps between their answers; `report` starts a new window.
 * On demand it overwrites the keys too, a transaction after the other, so that the log grows.
 */
function storeLargeWriter(): BehaviourFactory<SilentProtocol, StoreLargeWriterConfig> {
  return (context, { replicas, keys, valueBytes }) => {
    const client = createStoreClient(context, {
      replicas: replicas.map(actorId),
      requestTimeoutMs: 20_000,
    });
    const value = new Uint8Array(valueBytes).fill(120);
    const meter = gapMeter(context.clock.monotonicMs());
    let [filled, overwriting, inFlight] = [false, false, 0];

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
      // The gaps begin here.
      meter.acknowledged(context.clock.monotonicMs());
      meter.take(context.clock.monotonicMs());
      putOn(0);
    }

    function putOn(n: number): void {
      if (inFlight < PUTS_IN_FLIGHT_MAX) {
        inFlight++;
        void write(n, 1).then((revision) => {
          inFlight--;
          if (revision === undefined) meter.refused();
          else meter.acknowledged(context.clock.monotonicMs());
        });
      }
      context.clock.after(PUT_EVERY_MS, () => {
        putOn(n + 1);
      });
    }

    async function overwriteOn(): Promise<void> {
      for (let n = 1; overwriting; n++) {
        const revision = await write(n * PUTS_PER_TXN, PUTS_PER_TXN);
        if (revision !== undefined && n % COMPACT_EVERY_TXNS === 0) void client.compact(revision);
      }
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
      inject: ({ type }) => {
        overwriting = type === 'overwrite';
        void overwriteOn();
        return ok(undefined);
      },
      report: () => ({ ...meter.take(context.clock.monotonicMs()), filled }),
    };
  };
}

runActor(storeLargeWriter());
