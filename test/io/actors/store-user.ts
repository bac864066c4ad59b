import type { Behaviour, BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, ok } from '../../../src/base/index.js';
import type { StoreHistory } from '../../../src/checker/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { KeysHash, SilentProtocol, StoreProtocol } from '../../../src/protocol/index.js';
import {
  ClientHistory,
  LeaseEnds,
  workloadClient,
  workloadWatcher,
} from '../../../src/sim/index.js';

export interface StoreUserConfig {
  readonly replicas: readonly string[];
  readonly role: 'mixed' | 'reads-only' | 'steady-watcher' | 'roaming-watcher';
}

export interface StoreUserReport {
  /** Operations that have not ended. */
  readonly waiting: number;
  readonly succeeded: number;
  /** Up to here it has been given everything, or has read everything, after it was told to end. */
  readonly sawUpTo: number;
  /** Keys that were there at that read. */
  readonly keys: readonly string[];
  /** Of the keys at one revision, by replica; once it was told to ask for them. */
  readonly hashes: Readonly<Record<string, KeysHash>>;
  /** Once it was told to end. */
  readonly history: StoreHistory | undefined;
}

/** Between two looks at a replica that has not come far enough. */
const HASH_AGAIN_MS = 50;

/** `end`: begin nothing new but reads of everything. */
export type StoreUserOrder =
  | { readonly type: 'end' }
  | { readonly type: 'hash'; readonly revision: number }
  /** Writes a key that is none of the workload's. */
  | { readonly type: 'mark'; readonly key: string };

/** The simulator's client or watcher on a thread. What it did and saw is in its report; moments are of the clock that all threads share. */
function storeUser(): BehaviourFactory<SilentProtocol, StoreUserConfig> {
  return (context, config) => {
    const history = new ClientHistory(() => context.clock.monotonicMs());
    const hashes = new Map<string, KeysHash>();
    const replicas = config.replicas.map(actorId);
    let active = true;
    let [succeeded, sawUpTo] = [0, 0];
    let keysSeen: readonly string[] = [];
    const leases = new LeaseEnds({
      history,
      nowMs: () => context.clock.monotonicMs(),
      after: (delayMs, callback) => void context.clock.after(delayMs, callback),
      momentOf: (ms) => ms,
    });
    const ports = {
      replicas,
      history,
      leases,
      haste: 4,
      active: () => active,
      succeeded: () => {
        succeeded++;
      },
      finallyRead: (_client: string, revision: number, keys: readonly string[]) => {
        sawUpTo = revision;
        keysSeen = keys;
      },
      watched: (_watcher: string, revision: number) => {
        sawUpTo = revision;
      },
    };
    /** Each replica's, once it has come that far. */
    const hashAll = async (revision: number): Promise<void> => {
      hashes.clear();
      for (const id of replicas)
        while (!hashes.has(id)) {
          const to = context.ref<StoreProtocol>(id);
          const answer = await context.ask(to, 'hashKv', { revision }, { timeoutMs: 5000 });
          if (answer.ok && answer.value.ok) hashes.set(id, answer.value.value);
          else await context.sleep(HASH_AGAIN_MS);
        }
    };
    const mark = async (key: string): Promise<void> => {
      const success = [{ type: 'put', key, value: new TextEncoder().encode('marked|') }] as const;
      for (const id of replicas) {
        const to = context.ref<StoreProtocol>(id);
        const request = { compare: [], success, failure: [] };
        await context.ask(to, 'txn', request, { timeoutMs: 5000 });
      }
    };
    const behaviour = factoryOf(config.role)(ports)(context, {}) as Behaviour<SilentProtocol>;
    return {
      ...behaviour,
      inject: (given) => {
        const order = given as StoreUserOrder;
        if (order.type === 'end') active = false;
        else if (order.type === 'hash') void hashAll(order.revision);
        else void mark(order.key);
        return ok(undefined);
      },
      report: () => {
        leases.catchUp();
        const { operations, serializableReads, watches, waiting } = history;
        const shown = active ? undefined : { operations, serializableReads, watches };
        return {
          waiting,
          succeeded,
          sawUpTo,
          keys: keysSeen,
          hashes: Object.fromEntries(hashes),
          history: shown,
        };
      },
    };
  };
}

function factoryOf(
  role: StoreUserConfig['role'],
): (ports: Parameters<typeof workloadClient>[0]) => ReturnType<typeof workloadClient> {
  switch (role) {
    case 'mixed':
    case 'reads-only':
      return (ports) => workloadClient(ports, role);
    case 'steady-watcher':
      return (ports) => workloadWatcher(ports, 'steady');
    case 'roaming-watcher':
      return (ports) => workloadWatcher(ports, 'roaming');
  }
}

runActor(storeUser());
