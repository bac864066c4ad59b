import type { ActorId } from '../base/index.js';
import type {
  Outcome,
  SerializableRead,
  StoredKey,
  StoreHistory,
  StoreInput,
  StoreOperation,
  StoreOutput,
  StoreRange,
  WatchedBatch,
  WatchRecord,
} from '../checker/index.js';
import type { KeyValue, OperationResponse, WatchEvent } from '../mvcc/index.js';
import type { WatchBatch } from '../protocol/index.js';

/** What the clients did and saw, as the checker takes it. Moments are the simulator's event numbers, or a clock's milliseconds. */
export class ClientHistory implements StoreHistory {
  readonly operations: StoreOperation[] = [];
  readonly serializableReads: SerializableRead[] = [];
  readonly watches: WatchRecord[] = [];
  readonly #now: () => number;
  /** By client: the places of its operations that have not ended. */
  readonly #open = new Map<string, Set<number>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Operations that have not ended. */
  get waiting(): number {
    let waiting = 0;
    for (const places of this.#open.values()) waiting += places.size;
    return waiting;
  }

  /** Whoever waited is dead: nobody will know what became of its operations. */
  died(client: ActorId): void {
    this.#open.delete(client);
  }

  /** Until the returned function is called, and after it says `unknown`, the operation may take effect at any time. */
  begin(client: ActorId, input: StoreInput): (outcome: 'failed' | 'unknown' | StoreOutput) => void {
    const place = this.operations.length;
    const begun = this.#now();
    const open = this.#open.get(client) ?? new Set();
    this.#open.set(client, open.add(place));
    this.operations.push({ client, input, begun, outcome: { type: 'unknown' } });
    return (end) => {
      open.delete(place);
      const outcome: Outcome<StoreOutput> =
        typeof end === 'string'
          ? { type: end }
          : { type: 'answered', ended: this.#now(), output: end };
      this.operations[place] = { client, input, begun, outcome };
    };
  }

  /** Something that the store does by itself at some time from that moment on, or never. */
  mayHappen(input: StoreInput, begun: number): void {
    const outcome = { type: 'unknown' } as const;
    this.operations.push({ client: 'store', input, begun, outcome });
  }

  /** Begins what one watcher sees; batches are to be handed to the returned function. */
  watch(name: string, range: StoreRange, startRevision: number): (batch: WatchBatch) => void {
    const batches: WatchedBatch[] = [];
    this.watches.push({ name, range, startRevision, batches });
    return ({ events, revision }) => {
      batches.push({ revision, events: events.map(watchedEvent) });
    };
  }
}

/** Unique, and padded, so that entries have many sizes. */
export function storedValue(text: string, paddingBytes: number): Uint8Array {
  return new TextEncoder().encode(`${text}|${'x'.repeat(paddingBytes)}`);
}

export function storedKey(kv: KeyValue): StoredKey {
  const { key, createRevision, modRevision, version } = kv;
  return { key, value: textOf(kv.value), createRevision, modRevision, version };
}

export function txnOutput(
  revision: number,
  succeeded: boolean,
  responses: readonly OperationResponse[],
): StoreOutput {
  const results = responses.map((response) => {
    switch (response.type) {
      case 'put':
        return { type: 'put' } as const;
      case 'deleteRange':
        return { type: 'delete', deleted: response.deleted } as const;
      case 'range':
        return { type: 'range', kvs: response.kvs.map(storedKey) } as const;
      case 'txn':
        throw new Error('the workload nests no transactions');
    }
  });
  return { type: 'txn', revision, succeeded, results };
}

function watchedEvent({ type, kv, prevKv }: WatchEvent): WatchedBatch['events'][number] {
  const { key, modRevision } = kv;
  const previous = prevKv === undefined ? {} : { previous: storedKey(prevKv) };
  if (type === 'put') return { ...storedKey(kv), ...previous };
  return { key, value: null, createRevision: 0, modRevision, version: 0, ...previous };
}

function textOf(value: Uint8Array): string {
  const text = new TextDecoder().decode(value);
  return text.slice(0, text.indexOf('|'));
}
