import { failed, ok } from '../base/index.js';
import type { Clock } from '../base/index.js';
import type { AskCall } from '../actor/index.js';
import type { LeaseTimeToLive, StoreError, StoreResult } from '../protocol/index.js';
import type { LeaseClock } from './lease-clock.js';
import type { ReplicaRequests } from './replica-requests.js';
import type { AppliedResult, LeaseStatus, StateMachine } from './state-machine.js';
import { storeErrors } from './store-errors.js';

type KeepAliveCall = AskCall<{ readonly id: bigint }, StoreResult<{ readonly ttlSeconds: number }>>;

export interface ReplicaLeasesParts {
  readonly clock: Clock;
  readonly machine: StateMachine;
  readonly leases: LeaseClock;
  readonly requests: ReplicaRequests;
}

/** What clients ask about leases. All but granting and revoking needs no log entry: the leader knows when leases end. */
export class ReplicaLeases {
  readonly #parts: ReplicaLeasesParts;
  /** Renewals that came too late: answered when the lease is gone, or when this leader is. */
  readonly #late = new Set<KeepAliveCall>();

  constructor(parts: ReplicaLeasesParts) {
    this.#parts = parts;
  }

  keepAlive(call: KeepAliveCall): void {
    this.#withLease(call, (lease) => {
      if (!this.#parts.leases.renewed(lease)) {
        this.#late.add(call);
        call.onCancel(() => {
          this.#late.delete(call);
        });
      } else if (lease.remainingTtlSeconds < lease.ttlSeconds) this.#undoCheckpoint(call, lease);
      else call.reply(ok({ ttlSeconds: lease.ttlSeconds, header: this.#parts.requests.header() }));
    });
  }

  timeToLive(
    call: AskCall<
      { readonly id: bigint; readonly keys?: boolean | undefined },
      StoreResult<LeaseTimeToLive>
    >,
  ): void {
    const { machine, leases, requests } = this.#parts;
    this.#withLease(call, ({ id, ttlSeconds: grantedTtlSeconds }) => {
      const keys = call.request.keys === true ? machine.leaseKeys(id) : [];
      const ttlSeconds = Math.min(grantedTtlSeconds, leases.remainingSeconds(id));
      call.reply(ok({ id, ttlSeconds, grantedTtlSeconds, keys, header: requests.header() }));
    });
  }

  list(call: AskCall<object, StoreResult<{ readonly ids: readonly bigint[] }>>): void {
    const { machine, requests } = this.#parts;
    requests.read(
      call,
      () => {
        const ids = machine.leases().map(({ id }) => id);
        call.reply(ok({ ids, header: requests.header() }));
      },
      (error) => {
        call.reply(failed(error));
      },
    );
  }

  applied({ outcome }: AppliedResult): void {
    if (!outcome.ok) return;
    const { leases } = this.#parts;
    if (outcome.value.type === 'leaseGrant')
      leases.granted(outcome.value.id, outcome.value.ttlSeconds);
    if (outcome.value.type !== 'leaseRevoke') return;
    leases.revoked(outcome.value.ids);
    for (const id of outcome.value.ids) this.#answerLate(storeErrors.leaseNotFound, id);
  }

  leadershipLost(): void {
    this.#answerLate(storeErrors.readLost);
  }

  /**
   * A lease that was checkpointed is renewed through the log: a new leader would otherwise go by the checkpoint, and end it
   * before the time that this answer promises.
   */
  #undoCheckpoint(call: KeepAliveCall, { id, ttlSeconds }: LeaseStatus): void {
    this.#parts.requests.write(
      call,
      { type: 'leaseCheckpoint', leases: [{ id, remainingTtlSeconds: ttlSeconds }] },
      () => ({ ttlSeconds }),
    );
  }

  #withLease<T>(
    call: AskCall<{ readonly id: bigint }, StoreResult<T>>,
    serve: (lease: LeaseStatus) => void,
  ): void {
    const { machine, requests } = this.#parts;
    const refuse = (error: StoreError): void => {
      call.reply(failed(error));
    };
    requests.read(
      call,
      () => {
        const lease = machine.lease(call.request.id);
        if (lease === undefined) refuse(storeErrors.leaseNotFound);
        else serve(lease);
      },
      refuse,
    );
  }

  #answerLate(error: StoreError, id?: bigint): void {
    for (const call of [...this.#late]) {
      if (id !== undefined && call.request.id !== id) continue;
      this.#late.delete(call);
      call.reply(failed(error));
    }
  }
}
