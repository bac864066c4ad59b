import { failed, ok } from '../base/index.js';
import type { AskCall } from '../actor/index.js';
import type { KeyHash } from '../mvcc/index.js';
import type {
  Alarm,
  AlarmRequest,
  KeysHash,
  StoreProtocol,
  StoreResult,
} from '../protocol/index.js';
import type { ReplicaRequests } from './replica-requests.js';
import type { StateMachine } from './state-machine.js';
import { storeErrors } from './store-errors.js';
import { wrongResponse } from './wrong-response.js';

/** Digests that a replica makes for clients at the same time, at most. */
const HASHES_MAX = 4;
const HASHED_BYTES_PER_TURN = 512 * 1024;

type HashCall = AskCall<{ readonly revision: number }, StoreResult<KeysHash>>;
type CompactCall = AskCall<StoreProtocol['asks']['compact']['request'], StoreResult<object>>;

/** What operators ask of a store: compaction, alarms, digests. */
export class ReplicaMaintenance {
  readonly #machine: StateMachine;
  readonly #requests: ReplicaRequests;
  readonly #hashes = new Map<HashCall, KeyHash>();
  /** Answered when the compaction has taken everything away. */
  readonly #sweeps = new Map<CompactCall, StoreResult<object>>();

  constructor(machine: StateMachine, requests: ReplicaRequests) {
    this.#machine = machine;
    this.#requests = requests;
  }

  compact(call: CompactCall): void {
    const { revision, physical = false } = call.request;
    const reply = (result: StoreResult<object>): void => {
      if (!result.ok || !physical) call.reply(result);
      else {
        this.#sweeps.set(call, result);
        call.onCancel(() => {
          this.#sweeps.delete(call);
        });
      }
    };
    const { deadlineMs } = call;
    this.#requests.write({ deadlineMs, reply }, { type: 'compact', revision }, () => ({}));
  }

  alarm(call: AskCall<AlarmRequest, StoreResult<{ readonly alarms: readonly Alarm[] }>>): void {
    const { request } = call;
    if (request.action !== 'list') {
      this.#requests.write(call, { ...request, type: 'alarm' }, (response) => {
        if (response.type !== 'alarm') throw wrongResponse(response.type);
        return { alarms: response.alarms };
      });
      return;
    }
    this.#requests.read(
      call,
      () => {
        call.reply(ok({ alarms: this.#machine.alarms(), header: this.#requests.header() }));
      },
      (error) => {
        call.reply(failed(error));
      },
    );
  }

  /** Of this replica's own data, whoever leads. */
  hashKv(call: HashCall): void {
    if (this.#hashes.size >= HASHES_MAX) {
      call.reply(failed(storeErrors.tooMany));
      return;
    }
    this.#beginHash(call);
    call.onCancel(() => {
      this.#hashes.delete(call);
    });
  }

  /** A slice of the digests under way. True: there is more to do, in a later turn. */
  turn(sweeping: boolean): boolean {
    for (const [call, hash] of [...this.#hashes]) this.#hashOn(call, hash);
    if (!sweeping && this.#sweeps.size > 0) {
      for (const [call, result] of this.#sweeps) call.reply(result);
      this.#sweeps.clear();
    }
    return this.#hashes.size > 0;
  }

  #beginHash(call: HashCall): void {
    const begun = this.#machine.hashKeys(call.request.revision);
    if (begun.ok) this.#hashes.set(call, begun.value);
    else {
      this.#hashes.delete(call);
      call.reply(failed(begun.error));
    }
  }

  #hashOn(call: HashCall, hash: KeyHash): void {
    const step = hash.step(HASHED_BYTES_PER_TURN);
    if (step === 'more') return;
    if (step === 'overtaken') {
      this.#beginHash(call);
      return;
    }
    this.#hashes.delete(call);
    const { revision: hashRevision, compactRevision } = hash;
    const header = this.#requests.header();
    call.reply(ok({ hash: hash.digest(), hashRevision, compactRevision, header }));
  }
}
