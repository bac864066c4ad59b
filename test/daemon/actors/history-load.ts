import type { Behaviour, BehaviourFactory } from '../../../src/actor/index.js';
import { actorId, failed, ok } from '../../../src/base/index.js';
import type { ActorId } from '../../../src/base/index.js';
import type { StoreHistory } from '../../../src/checker/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import { isReplicaId } from '../../../src/protocol/index.js';
import type { SilentProtocol } from '../../../src/protocol/index.js';
import { ClientHistory } from '../../../src/sim/client-history.js';
import { LeaseEnds } from '../../../src/sim/lease-ends.js';
import { WorkloadClient } from '../../../src/sim/workload-client.js';
import { watchEverything } from '../../../src/sim/workload-watcher.js';
import { createStoreClient } from '../../../src/store/index.js';

export interface HistoryLoadReport extends StoreHistory {
  readonly succeeded: number;
  /** Operations that have not ended. */
  readonly waiting: number;
  /** Everything was read after the last write, by each client. */
  readonly finalReads: number;
  /** The last of these saw this revision, and so did the watcher of everything. */
  readonly readUpTo: number;
  readonly watchedUpTo: number;
}

const CLIENTS = 4;
const REQUEST_TIMEOUT_MS = 10_000;

/** Clients of the store as the simulator has them, on one thread, and all that they did and saw. `inject` ends their writes. */
function historyLoad(): BehaviourFactory<
  SilentProtocol,
  { readonly replicas: readonly ActorId[] }
> {
  return (context, { replicas }): Behaviour<SilentProtocol> => {
    let active = true;
    let succeeded = 0;
    let [readUpTo, watchedUpTo] = [0, 0];
    const finalReads = new Set<ActorId>();
    const history = new ClientHistory(() => context.clock.monotonicMs());
    const leases = new LeaseEnds({
      history,
      nowMs: () => context.clock.monotonicMs(),
      after: (delayMs, callback) => void context.clock.after(delayMs, callback),
      momentOf: (ms) => ms,
    });
    const clients = Array.from({ length: CLIENTS }, (_, at) => {
      const self = { ...context.self, id: actorId(`client-${String(at)}`) };
      const own = { ...context, self };
      const store = createStoreClient(own, {
        replicas,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        isReplica: isReplicaId,
      });
      const ports = {
        replicas,
        history,
        leases,
        active: () => active,
        succeeded: () => {
          succeeded++;
        },
        finallyRead: (client: ActorId, revision: number) => {
          finalReads.add(client);
          readUpTo = Math.max(readUpTo, revision);
        },
        watched: (_watcher: ActorId, revision: number) => {
          watchedUpTo = revision;
        },
      };
      // What it sees says which of the writes without an answer happened, and in what order.
      const watch = (): void => {
        if (at === 0) watchEverything(own, store, ports);
      };
      return { store, watch, workload: new WorkloadClient(own, store, ports, 'mixed') };
    });
    return {
      start: () => {
        for (const { watch, workload } of clients) {
          watch();
          workload.start();
        }
      },
      tells: {},
      asks: {},
      streams: {},
      peerUp: (peer) => {
        for (const { store } of clients) store.peerUp(peer);
      },
      peerDown: (peer) => {
        for (const { store } of clients) store.peerDown(peer);
      },
      inject: ({ type }) => {
        if (type !== 'end-writes') return failed({ code: 'unknown-fault', message: type });
        active = false;
        return ok(undefined);
      },
      report: (): Readonly<Record<string, unknown>> => {
        leases.catchUp();
        return {
          operations: [...history.operations],
          serializableReads: [...history.serializableReads],
          watches: [...history.watches],
          succeeded,
          waiting: history.waiting,
          finalReads: finalReads.size,
          readUpTo,
          watchedUpTo,
        };
      },
    };
  };
}

runActor(historyLoad());
