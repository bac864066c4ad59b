import type { ActorContext, AskResult, Behaviour, Protocol } from '../../src/actor/index.js';
import { actorId, nodeId, seededRandom } from '../../src/base/index.js';
import type { ActorId } from '../../src/base/index.js';
import type {
  ElectionRecord,
  ReplicaStatus,
  StoreProtocol,
  StoreResult,
} from '../../src/protocol/index.js';
import { createSimDisk, SimWorld } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { storeReplica } from '../../src/store/index.js';
import type { ReplicaConfig } from '../../src/store/index.js';

/** Three replicas and one caller in virtual time, for tests that look at one behaviour at a time. */
export interface Cluster {
  readonly world: SimWorld;
  readonly replicas: readonly ActorId[];
  readonly crashes: string[];
  disk(id: ActorId): SimDisk;
  /** Lets so much virtual time pass. */
  pass(ms: number): Promise<void>;
  status(id: ActorId): ReplicaStatus | undefined;
  elections(id: ActorId): ElectionRecord[];
  leader(): ActorId | undefined;
  /** Asks one replica; the answer is there when enough time has passed. */
  put(to: ActorId, key: string, value: string): Answer;
  get(to: ActorId, key: string): Answer;
}

export interface Answer {
  result: AskResult<StoreResult<object>> | undefined;
  endedMs: number;
}

interface NoProtocol extends Protocol {
  tells: object;
  asks: object;
  streams: object;
}

const CALLER = actorId('caller');

export function makeCluster(overrides: Partial<ReplicaConfig> = {}, seed = 1): Cluster {
  const random = seededRandom(seed);
  const world = new SimWorld({ random, log: () => undefined });
  const replicas = ['store-0', 'store-1', 'store-2'].map(actorId);
  const disks = new Map<ActorId, SimDisk>();
  const crashes: string[] = [];
  let caller: ActorContext | undefined;
  for (const id of replicas) {
    const disk = createSimDisk({
      random,
      charge: (ms) => {
        world.charge(id, ms);
      },
    });
    disks.set(id, disk);
    const config: ReplicaConfig = {
      id,
      peers: replicas.map((peer, at) => ({ id: peer, nodeId: nodeId(at + 1) })),
      folder: id,
      clusterId: 9n,
      ...overrides,
    };
    world.define({
      id,
      waits: false,
      links: [...replicas.filter((other) => other !== id), CALLER],
      make: () => ({ factory: storeReplica({ disk }) as never, config }),
      onEnd: () => undefined,
      onCrash: (error) => {
        crashes.push(error.message);
      },
    });
  }
  world.define({
    id: CALLER,
    waits: true,
    links: replicas,
    make: () => ({
      factory: (context: ActorContext): Behaviour<NoProtocol> => {
        caller = context;
        return { start: () => undefined, tells: {}, asks: {}, streams: {} };
      },
      config: {},
    }),
    onEnd: () => undefined,
    onCrash: (error) => {
      crashes.push(error.message);
    },
  });
  for (const id of [...replicas, CALLER]) world.spawn(id);
  const report = (id: ActorId): Readonly<Record<string, unknown>> =>
    world.life(id)?.core.report() ?? {};
  const status = (id: ActorId): ReplicaStatus | undefined =>
    report(id)['status'] as ReplicaStatus | undefined;
  const ask = (to: ActorId, operation: 'txn' | 'range', request: object): Answer => {
    const answer: Answer = { result: undefined, endedMs: 0 };
    if (caller === undefined) throw new Error('the caller is not up');
    const ref = caller.ref<StoreProtocol>(to);
    void caller.ask(ref, operation, request as never, { timeoutMs: 20_000 }).then((result) => {
      answer.result = result;
      answer.endedMs = world.nowMs;
    });
    return answer;
  };
  return {
    world,
    replicas,
    crashes,
    status,
    disk: (id) => disks.get(id) as SimDisk,
    pass: (ms) =>
      new Promise((resolve, reject) => {
        world.run(
          world.nowMs + ms,
          () => false,
          (resume) => void setImmediate(resume),
          (error) => {
            if (error === undefined) resolve();
            else reject(error);
          },
        );
      }),
    elections: (id) => (report(id)['elections'] ?? []) as ElectionRecord[],
    leader: () => replicas.find((id) => status(id)?.role === 'leader'),
    put: (to, key, value) =>
      ask(to, 'txn', {
        compare: [],
        failure: [],
        success: [{ type: 'put', key, value: new TextEncoder().encode(value) }],
      }),
    get: (to, key) => ask(to, 'range', { key }),
  };
}

/** The error code of an answer, `ok`, or that there is none. */
export function outcomeOf(answer: Answer): string {
  if (answer.result === undefined) return 'none';
  if (!answer.result.ok) return answer.result.error.code;
  return answer.result.value.ok ? 'ok' : answer.result.value.error.code;
}
