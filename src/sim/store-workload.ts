import type { ActorContext, Behaviour, BehaviourFactory, Protocol } from '../actor/index.js';
import { isReplicaId } from '../protocol/index.js';
import { createStoreClient } from '../store/index.js';
import type { StoreClient } from '../store/index.js';
import { WorkloadClient } from './workload-client.js';
import type { ClientHabit } from './workload-draw.js';
import type { WorkloadPorts } from './workload-ports.js';
import { watchEverything, watchNowAndThen } from './workload-watcher.js';

const REQUEST_TIMEOUT_MS = 4000;

interface EmptyProtocol extends Protocol {
  tells: object;
  asks: object;
  streams: object;
}

type WorkloadFactory = BehaviourFactory<EmptyProtocol, unknown>;

/** A client that writes and reads a few keys, one operation after another. */
export function workloadClient(ports: WorkloadPorts, habit: ClientHabit): WorkloadFactory {
  return withStore(ports, (context, client) => {
    new WorkloadClient(context, client, ports, habit).start();
  });
}

export function workloadWatcher(ports: WorkloadPorts, kind: 'steady' | 'roaming'): WorkloadFactory {
  return withStore(ports, (context, client) => {
    (kind === 'steady' ? watchEverything : watchNowAndThen)(context, client, ports);
  });
}

function withStore(
  { replicas }: WorkloadPorts,
  start: (context: ActorContext, client: StoreClient) => void,
): WorkloadFactory {
  return (context): Behaviour<EmptyProtocol> => {
    const client = createStoreClient(context, {
      replicas,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      isReplica: isReplicaId,
    });
    return {
      start: () => {
        start(context, client);
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
    };
  };
}
