import type { AskResult, BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, assertNever, ok } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type {
  KeysHash,
  SilentProtocol,
  StoreProtocol,
  StoreResult,
} from '../../../src/protocol/index.js';
import { createStoreClient } from '../../../src/store/index.js';
import { gapMeter, type GapWindow } from '../gap-meter.js';

export interface StoreLargeWriterConfig {
  readonly replicas: readonly string[];
  readonly keys: number;
  readonly valueBytes: number;
}

export interface StoreLargeWriterReport extends GapWindow {
  /** Keys that the fill has put so far. */
  readonly filledKeys: number;
  readonly filled: boolean;
  /** What it was ordered to do is done. */
  readonly idle: boolean;
  /** What went wrong with it. */
  readonly problem: string | undefined;
}

/**
 * - `overwrite`: one transaction after the other, and a compaction now and then, until another order comes.
 * - `rewrite`: puts every other key again, without a compaction, so that half as many versions are superseded as there are keys.
 * - `compact`: at the newest revision.
 * - `hash`: each replica makes a digest of its keys at the same revision, and they have to be equal.
 */
export type StoreLargeOrder = 'overwrite' | 'rewrite' | 'compact' | 'hash' | 'rest';

const PUTS_PER_TXN = 128;
const WRITERS = 4;
/** After the fill: a put each time, unless so many wait for their answer that more would measure the queue. */
const PUT_EVERY_MS = 5;
const PUTS_IN_FLIGHT_MAX = 32;
/** As an API server does, so that the history does not grow with the length of the run. */
const COMPACT_EVERY_TXNS = 100;
const HASH_MS_MAX = 120_000;

/**
 * Fills the store, and then goes on putting single keys and measures the gaps between their answers; `report` starts a new window.
 * Orders come by `inject`.
 */
function storeLargeWriter(): BehaviourFactory<SilentProtocol, StoreLargeWriterConfig> {
  return (context, { replicas, keys, valueBytes }) => {
    const client = createStoreClient(context, {
      replicas: replicas.map(actorId),
      requestTimeoutMs: 20_000,
    });
    const value = new Uint8Array(valueBytes).fill(120);
    const meter = gapMeter(context.clock.monotonicMs());
    let [filledKeys, inFlight, running] = [0, 0, 0];
    let order: StoreLargeOrder = 'rest';
    let [revision, problem]: [number, string | undefined] = [0, undefined];

    /** Puts keys from `from` on, each `stride`th. */
    async function write(from: number, count: number, stride = 1): Promise<boolean> {
      const success = Array.from({ length: count }, (_, at) => {
        const key = `/bench/${String((from + at * stride) % keys).padStart(8, '0')}`;
        return { type: 'put', key, value } as const;
      });
      const written = await client.txn({ compare: [], success, failure: [] });
      if (!written.ok && written.error.code === 'no-space') problem = written.error.message;
      if (written.ok) revision = Math.max(revision, written.value.header.revision);
      return written.ok;
    }

    /** Again until it is done: an answer may be lost with a leader. */
    async function writeSurely(from: number, count: number, stride = 1): Promise<void> {
      while (!(await write(from, count, stride))) await context.sleep(10);
    }

    /** All keys, or each `stride`th, by several writers at once. */
    async function writeAll(stride: number, wrote: (count: number) => void): Promise<void> {
      let next = 0;
      await Promise.all(
        Array.from({ length: WRITERS }, async () => {
          while (next < keys) {
            const from = next;
            next += stride * PUTS_PER_TXN;
            const count = Math.min(PUTS_PER_TXN, Math.ceil((keys - from) / stride));
            await writeSurely(from, count, stride);
            wrote(count);
          }
        }),
      );
    }

    async function fill(): Promise<void> {
      await writeAll(1, (count) => {
        filledKeys += count;
      });
      // The gaps begin here.
      meter.acknowledged(context.clock.monotonicMs());
      meter.take(context.clock.monotonicMs());
      putOn(0);
    }

    function putOn(n: number): void {
      if (inFlight < PUTS_IN_FLIGHT_MAX) {
        inFlight++;
        void write(n, 1).then((written) => {
          inFlight--;
          if (written) meter.acknowledged(context.clock.monotonicMs());
          else meter.refused();
        });
      }
      context.clock.after(PUT_EVERY_MS, () => {
        putOn(n + 1);
      });
    }

    async function overwrite(): Promise<void> {
      for (let n = 1; order === 'overwrite'; n++) {
        await write(n * PUTS_PER_TXN, PUTS_PER_TXN);
        if (n % COMPACT_EVERY_TXNS === 0) void client.compact(revision);
      }
    }

    async function compact(): Promise<void> {
      const compacted = await client.compact(revision);
      if (!compacted.ok) problem = compacted.error.message;
    }

    async function hash(): Promise<void> {
      const at = revision;
      const answers = await Promise.all(
        replicas.map((id) =>
          context.ask(
            context.ref<StoreProtocol>(actorId(id)),
            'hashKv',
            { revision: at },
            { timeoutMs: HASH_MS_MAX },
          ),
        ),
      );
      const hashes = answers.map(hashOf);
      if (new Set(hashes).size > 1) problem = `the replicas differ: ${hashes.join(', ')}`;
    }

    async function obey(): Promise<void> {
      switch (order) {
        case 'overwrite':
          return overwrite();
        case 'rewrite':
          return writeAll(2, () => undefined);
        case 'compact':
          return compact();
        case 'hash':
          return hash();
        case 'rest':
          return;
        default:
          return assertNever(order, 'order');
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
        order = type as StoreLargeOrder;
        running++;
        void obey().then(() => {
          running--;
        });
        return ok(undefined);
      },
      report: (): StoreLargeWriterReport & Record<string, unknown> => ({
        ...meter.take(context.clock.monotonicMs()),
        filledKeys,
        filled: filledKeys === keys,
        idle: running === 0,
        problem,
      }),
    };
  };
}

function hashOf(answer: AskResult<StoreResult<KeysHash>>): string {
  if (!answer.ok) return answer.error.code;
  return answer.value.ok ? answer.value.value.hash : answer.value.error.message;
}

runActor(storeLargeWriter());
