import type { BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, ok } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { SilentProtocol } from '../../../src/protocol/index.js';
import { createMemberClient, createStoreClient } from '../../../src/store/index.js';
import { gapMeter } from '../gap-meter.js';

export interface StoreWriterConfig {
  readonly replicas: readonly string[];
  readonly intervalMs: number;
  readonly keys: number;
  readonly valueBytes: number;
}

/** As an API server does, so that a restarted replica does not load the history of the whole run. */
const COMPACT_EVERY = 1000;
const HISTORY_KEPT = 500;

export interface StoreWriterOrder {
  readonly type: 'move-leader';
  /** The member's id, decimal. */
  readonly targetId: string;
}

/** An open loop of puts: one every interval, whether or not the ones before were answered. `report` starts a new window. */
function storeWriter(): BehaviourFactory<SilentProtocol, StoreWriterConfig> {
  return (context, config) => {
    const client = createStoreClient(context, {
      replicas: config.replicas.map(actorId),
      requestTimeoutMs: 5000,
    });
    const members = createMemberClient(context, () => config.replicas.map(actorId));
    const meter = gapMeter(context.clock.monotonicMs());
    const value = new Uint8Array(config.valueBytes).fill(120);
    let sent = 0;

    function put(): void {
      const key = `/bench/${sent++ % config.keys}`;
      void client
        .txn({ compare: [], success: [{ type: 'put', key, value }], failure: [] })
        .then((result) => {
          if (result.ok) meter.acknowledged(context.clock.monotonicMs());
          else meter.refused();
          if (result.ok && sent % COMPACT_EVERY === 0)
            void client.compact(result.value.header.revision - HISTORY_KEPT);
        });
    }
    let dueMs = context.clock.monotonicMs();
    function loop(): void {
      const nowMs = context.clock.monotonicMs();
      for (; dueMs <= nowMs; dueMs += config.intervalMs) put();
      context.clock.after(dueMs - nowMs, loop);
    }
    return {
      start: loop,
      tells: {},
      asks: {},
      streams: {},
      inject: (order) => {
        const { targetId } = order as unknown as StoreWriterOrder;
        void members.moveLeader(BigInt(targetId), 5000);
        return ok(undefined);
      },
      peerUp: (peer) => {
        client.peerUp(peer);
      },
      peerDown: (peer) => {
        client.peerDown(peer);
      },
      report: () => ({ ...meter.take(context.clock.monotonicMs()), sent }),
    };
  };
}

runActor(storeWriter());
