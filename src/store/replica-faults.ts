import { failed, ok } from '../base/index.js';
import type { Clock, ErrorData, Result } from '../base/index.js';
import type { StateMachine } from './state-machine.js';

type Block = (ms: number) => void;

/** What chaos asks of a replica. */
export interface Fault {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Chaos that a replica does to itself, so that what follows is real: its disk waits, its entries take long, messages are lost. */
export class ReplicaFaults {
  readonly #clock: Clock;
  readonly #block: Block | undefined;
  #syncMs = 0;
  #applyMs = 0;
  #cutUntilMs = -Infinity;
  /** Empty: from and to all. */
  #cutFrom: readonly string[] = [];

  constructor(clock: Clock, block: Block | undefined) {
    this.#clock = clock;
    this.#block = block;
  }

  /**
   * `pause` blocks the thread for `ms` now; `slow-disk` the next sync, `slow-apply` the next entry. `partition` loses, for `ms`,
   * all that replicas send to each other at this one, or only with the replicas named in `peers`. `wrong-data` turns a bit of the value
   * of `key` in this replica's memory.
   */
  inject(fault: Fault, machine: StateMachine): Result<void, ErrorData> {
    if (this.#block !== undefined && fault.type === 'wrong-data')
      return spoilValue(machine, fault['key']);
    const { type, ms, peers = [] } = fault;
    const known = this.#block !== undefined && typeof ms === 'number' && isNames(peers);
    if (!known) return unknownFault(type);
    switch (type) {
      case 'pause':
        this.#block(ms);
        return ok(undefined);
      case 'slow-disk':
        this.#syncMs = ms;
        return ok(undefined);
      case 'slow-apply':
        this.#applyMs = ms;
        return ok(undefined);
      case 'partition':
        this.#cutUntilMs = this.#clock.monotonicMs() + ms;
        this.#cutFrom = peers;
        return ok(undefined);
      default:
        return unknownFault(type);
    }
  }

  syncing(): void {
    const ms = this.#syncMs;
    this.#syncMs = 0;
    if (ms > 0) this.#block?.(ms);
  }

  applying(): void {
    const ms = this.#applyMs;
    this.#applyMs = 0;
    if (ms > 0) this.#block?.(ms);
  }

  /** Nothing is to pass between this replica and `peer`. */
  cut(peer: string): boolean {
    if (this.#clock.monotonicMs() >= this.#cutUntilMs) return false;
    return this.#cutFrom.length === 0 || this.#cutFrom.includes(peer);
  }
}

function spoilValue(machine: StateMachine, key: unknown): Result<void, ErrorData> {
  const read = typeof key === 'string' ? machine.range({ key }) : undefined;
  const value = read?.ok === true ? read.value.kvs[0]?.value : undefined;
  if (value === undefined || value.length === 0)
    return failed({ code: 'no-such-value', message: `there is no value of ${String(key)}` });
  value[0] = (value[0] ?? 0) ^ 1;
  return ok(undefined);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function unknownFault(type: string): Result<void, ErrorData> {
  return failed({
    code: 'unknown-fault',
    message: `a replica does not know the fault ${type}, or what it says of it`,
  });
}
