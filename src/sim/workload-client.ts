import { randomBelow, randomChance } from '../base/index.js';
import type { ActorContext } from '../actor/index.js';
import type {
  StoreAction,
  StoredKey,
  StoreInput,
  StoreOutput,
  StoreTxn,
} from '../checker/index.js';
import type { Operation, RangeResponse, TxnRequest, TxnResponse } from '../mvcc/index.js';
import type { StoreError, StoreResult } from '../protocol/index.js';
import type { StoreClient } from '../store/index.js';
import { storedKey, storedValue, txnOutput } from './client-history.js';
import type { WorkloadPorts } from './workload-ports.js';
import { ALL_KEYS, drawOperation } from './workload-draw.js';
import type { HeldLease } from './lease-ends.js';
import type { ClientHabit, ClientKnowledge, DrawnOperation } from './workload-draw.js';

/** Between two operations of a burst, and between bursts. */
const THINKING_MS = 30;
const RESTING_MS = 1200;
/** Between two reads of a client that only reads. */
const READING_MS = 220;
const FINAL_READS_MS = 500;

/** One operation after another, in bursts; when the faults are over for a while only reads of everything. */
export class WorkloadClient {
  readonly #context: ActorContext;
  readonly #client: StoreClient;
  readonly #ports: WorkloadPorts;
  readonly #habit: ClientHabit;
  readonly #modRevisions = new Map<string, number>();
  readonly #knowledge: ClientKnowledge;
  /** Of this life of this client: what it makes up is made up by nobody else. */
  readonly #prefix: string;
  #revision = 1;
  #values = 0;

  constructor(
    context: ActorContext,
    client: StoreClient,
    ports: WorkloadPorts,
    habit: ClientHabit,
  ) {
    this.#context = context;
    this.#client = client;
    this.#ports = ports;
    this.#habit = habit;
    this.#prefix = `${context.self.id.slice(-1)}.${String(context.self.incarnation)}`;
    const revision = (): number => this.#revision;
    this.#knowledge = {
      modRevisions: this.#modRevisions,
      get revision() {
        return revision();
      },
      freshValue: () => `${this.#prefix}.${String(++this.#values)}`,
    };
  }

  start(): void {
    const { random, clock } = this.#context;
    const pauseMs = this.#ports.active()
      ? this.#drawPause() / (this.#ports.haste ?? 1)
      : FINAL_READS_MS;
    clock.after(pauseMs, () => {
      if (this.#ports.active()) this.#run(drawOperation(random, this.#habit, this.#knowledge));
      else this.#range({ type: 'range', ...ALL_KEYS }, true);
    });
  }

  #drawPause(): number {
    const { random } = this.#context;
    if (this.#habit === 'reads-only') return 1 + randomBelow(random, READING_MS);
    return 1 + randomBelow(random, randomChance(random, 0.13) ? RESTING_MS : THINKING_MS);
  }

  #run(drawn: DrawnOperation): void {
    switch (drawn.type) {
      case 'txn':
        this.#txn(drawn.input, 0n, () => {
          this.start();
        });
        return;
      case 'range':
        this.#range(drawn.input, false);
        return;
      case 'serializable-range':
        this.#serializableRange(drawn.input);
        return;
      case 'compact':
        this.#compact(drawn.input);
        return;
      case 'lease':
        this.#lease(drawn.ttlSeconds, drawn.renewals);
    }
  }

  #txn(input: StoreTxn, lease: bigint, next: () => void): void {
    const end = this.#ports.history.begin(this.#context.self.id, input);
    void this.#client.txn(this.#request(input, lease)).then((result) => {
      end(result.ok ? this.#txnSeen(input, result.value) : failureOf(result.error));
      if (result.ok) this.#ports.succeeded();
      next();
    });
  }

  #request({ compare, success, failure }: StoreTxn, lease: bigint): TxnRequest {
    const operation = (action: StoreAction): Operation => {
      switch (action.type) {
        case 'range':
          return action;
        case 'delete':
          return { ...action, type: 'deleteRange' };
        case 'put': {
          const value = storedValue(action.value, randomBelow(this.#context.random, 200));
          return { type: 'put', key: action.key, value, ...(lease === 0n ? {} : { lease }) };
        }
      }
    };
    return { compare, success: success.map(operation), failure: failure.map(operation) };
  }

  #txnSeen(
    input: StoreTxn,
    { header, succeeded, responses }: Extract<StoreResult<TxnResponse>, { ok: true }>['value'],
  ): StoreOutput {
    this.#saw(header.revision, []);
    for (const action of succeeded ? input.success : input.failure)
      if (action.type === 'put') this.#modRevisions.set(action.key, header.revision);
    for (const response of responses)
      if (response.type === 'range') this.#saw(header.revision, response.kvs.map(storedKey));
    return txnOutput(header.revision, succeeded, responses);
  }

  #range(input: StoreInput & { type: 'range' }, final: boolean): void {
    const end = this.#ports.history.begin(this.#context.self.id, input);
    const { key, rangeEnd, revision } = input;
    void this.#client.range({ key, rangeEnd, revision }).then((result) => {
      end(rangeOutput(result));
      if (result.ok) {
        const { header, kvs } = result.value;
        if ((revision ?? 0) === 0) this.#saw(header.revision, kvs.map(storedKey));
        if (final)
          this.#ports.finallyRead(
            this.#context.self.id,
            header.revision,
            kvs.map((kv) => kv.key),
          );
        this.#ports.succeeded();
      }
      this.start();
    });
  }

  #serializableRange(range: StoreInput & { type: 'range' }): void {
    void this.#client
      .range({ key: range.key, rangeEnd: range.rangeEnd, serializable: true })
      .then((result) => {
        if (result.ok) {
          const { revision } = result.value.header;
          const kvs = result.value.kvs.map(storedKey);
          const client = this.#context.self.id;
          this.#ports.history.serializableReads.push({ client, range, revision, kvs });
        }
        this.start();
      });
  }

  #compact(input: StoreInput & { type: 'compact' }): void {
    const end = this.#ports.history.begin(this.#context.self.id, input);
    void this.#client.compact(input.revision).then((result) => {
      if (result.ok) end({ type: 'compact' });
      else if (result.error.code === 'future-revision')
        end({ type: 'refused', code: 'future-revision' });
      // An earlier try of the same call may have done it.
      else end('unknown');
      this.start();
    });
  }

  /** Grants, writes a key with it, renews a few times. */
  #lease(ttlSeconds: number, renewals: number): void {
    const { leases } = this.#ports;
    const key = `l${this.#prefix}.${String(++this.#values)}`;
    const ttlMs = ttlSeconds * 1000;
    const beganMs = leases.nowMs();
    void this.#client.leaseGrant(0n, ttlSeconds).then((granted) => {
      if (granted.ok) {
        const { id } = granted.value;
        const put: StoreAction = { type: 'put', key, value: this.#knowledge.freshValue() };
        this.#renew(id, ttlMs, leases.hold(key, ttlMs, beganMs), renewals);
        this.#txn({ type: 'txn', compare: [], success: [put], failure: [] }, id, () => {
          this.start();
        });
      } else this.start();
    });
  }

  #renew(id: bigint, ttlMs: number, lease: HeldLease, renewals: number): void {
    const { leases } = this.#ports;
    if (renewals === 0) return;
    this.#context.clock.after(ttlMs * 0.6, () => {
      const beganMs = leases.nowMs();
      void this.#client.leaseKeepAlive(id).then((kept) => {
        if (!kept.ok) return;
        lease.renewed(beganMs);
        this.#renew(id, ttlMs, lease, this.#ports.active() ? renewals - 1 : 0);
      });
    });
  }

  #saw(revision: number, kvs: readonly StoredKey[]): void {
    this.#revision = Math.max(this.#revision, revision);
    for (const { key, modRevision } of kvs) this.#modRevisions.set(key, modRevision);
  }
}

/** These are told only where no try of the request can have had an effect. */
function failureOf(error: StoreError): 'failed' | 'unknown' {
  return error.code === 'no-leader' || error.code === 'lease-not-found' ? 'failed' : 'unknown';
}

function rangeOutput(result: StoreResult<RangeResponse>): StoreOutput | 'failed' {
  if (result.ok) {
    const { header, kvs } = result.value;
    return { type: 'range', revision: header.revision, kvs: kvs.map(storedKey) };
  }
  const { code } = result.error;
  return code === 'compacted' || code === 'future-revision' ? { type: 'refused', code } : 'failed';
}
