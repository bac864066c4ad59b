import { randomBelow, randomChance } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { ActorContext, Behaviour, BehaviourFactory, Protocol } from '../actor/index.js';
import type { TxnRequest } from '../mvcc/index.js';
import { createStoreClient } from '../store/index.js';
import type { StoreClient } from '../store/index.js';
import type { ClientHistory, ClientRead, ClientWrite } from './history-check.js';

const KEYS = 6;
const REQUEST_TIMEOUT_MS = 4000;

export interface WorkloadPorts {
  readonly replicas: readonly ActorId[];
  readonly history: ClientHistory;
  /** The simulator's event number. */
  now(): number;
  /** False: begin nothing new. */
  active(): boolean;
  /** Reads may be answered by any replica: a bug, planted to see it caught. */
  readonly serializableReads: boolean;
  /** An operation ended with a success. */
  succeeded(): void;
}

interface EmptyProtocol extends Protocol {
  tells: object;
  asks: object;
  streams: object;
}

/** A client that writes and reads a few keys, one operation after another. */
export function workloadClient(ports: WorkloadPorts): BehaviourFactory<EmptyProtocol, unknown> {
  return (context) => {
    const client = createStoreClient(context, {
      replicas: ports.replicas,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
    let count = 0;
    const next = (): void => {
      context.clock.after(1 + randomBelow(context.random, 40), () => {
        if (!ports.active()) {
          next();
          return;
        }
        count++;
        if (randomChance(context.random, 0.65)) write(context, client, ports, count, next);
        else read(context, client, ports, next);
      });
    };
    return withPeers(client, next);
  };
}

/** A client that watches everything from the beginning. */
export function workloadWatcher(ports: WorkloadPorts): BehaviourFactory<EmptyProtocol, unknown> {
  return (context) => {
    const client = createStoreClient(context, {
      replicas: ports.replicas,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
    return withPeers(client, () => {
      const seen = ports.history.watches.get(context.self.id) ?? [];
      seen.length = 0;
      ports.history.watches.set(context.self.id, seen);
      client.watch(
        { key: 'k', rangeEnd: 'l', startRevision: 1 },
        {
          onBatch: (batch) => {
            for (const { type, kv } of batch.events) {
              seen.push({
                key: kv.key,
                value: type === 'put' ? text(kv.value) : null,
                revision: kv.modRevision,
              });
            }
          },
          onEnd: (end) => {
            throw new Error(`the watch ended: ${end.code}`);
          },
        },
      );
    });
  };
}

function withPeers(client: StoreClient, start: () => void): Behaviour<EmptyProtocol> {
  return {
    start,
    tells: {},
    asks: {},
    streams: {},
    peerUp: (peer) => {
      client.peerUp(peer);
    },
    peerDown: (peer) => {
      client.peerDown(peer);
    },
  };
}

function write(
  context: ActorContext,
  client: StoreClient,
  ports: WorkloadPorts,
  count: number,
  next: () => void,
): void {
  const key = drawKey(context);
  const value = `${context.self.id}.${String(context.self.incarnation)}.${String(count)}`;
  const record: ClientWrite = {
    client: context.self.id,
    key,
    value,
    begun: ports.now(),
    ended: undefined,
    revision: undefined,
  };
  ports.history.writes.push(record);
  void client.txn(drawTxn(context, key, value)).then((result) => {
    record.ended = ports.now();
    if (result.ok) {
      record.revision = result.value.succeeded ? result.value.header.revision : null;
      ports.succeeded();
    } else if (result.error.code === 'proposal-dropped') record.revision = null;
    next();
  });
}

/** Mostly a plain put; sometimes one that needs the key to be there, as an update does. */
function drawTxn(context: ActorContext, key: string, value: string): TxnRequest {
  const padding = 'x'.repeat(randomBelow(context.random, 200));
  const put = { type: 'put', key, value: new TextEncoder().encode(`${value}|${padding}`) } as const;
  if (randomChance(context.random, 0.7)) return { compare: [], success: [put], failure: [] };
  return {
    compare: [{ target: 'version', key, result: '>', value: 0 }],
    success: [put],
    failure: [],
  };
}

function read(
  context: ActorContext,
  client: StoreClient,
  ports: WorkloadPorts,
  next: () => void,
): void {
  const key = drawKey(context);
  const record: ClientRead = {
    client: context.self.id,
    key,
    begun: ports.now(),
    ended: undefined,
    revision: undefined,
    value: null,
    modRevision: 0,
  };
  ports.history.reads.push(record);
  void client.range({ key, serializable: ports.serializableReads }).then((result) => {
    record.ended = ports.now();
    if (result.ok) {
      const [kv] = result.value.kvs;
      record.value = kv === undefined ? null : text(kv.value);
      record.modRevision = kv?.modRevision ?? 0;
      record.revision = result.value.header.revision;
      ports.succeeded();
    }
    next();
  });
}

function drawKey(context: ActorContext): string {
  return `k${String(randomBelow(context.random, KEYS))}`;
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value).split('|')[0] ?? '';
}
