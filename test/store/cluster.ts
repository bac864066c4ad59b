import type {
  ActorContext,
  AskResult,
  Behaviour,
  Protocol,
  StreamEnd,
} from '../../src/actor/index.js';
import { actorId, nodeId, seededRandom } from '../../src/base/index.js';
import type { ActorId } from '../../src/base/index.js';
import type {
  ElectionRecord,
  ReplicaStatus,
  StoreProtocol,
  StoreResult,
  WatchBatch,
  WatchRequest,
} from '../../src/protocol/index.js';
import { createSimDisk, SimWorld } from '../../src/sim/index.js';
import type { SimDisk } from '../../src/sim/index.js';
import { storeReplica } from '../../src/store/index.js';
import type { ReplicaConfig, StateMachine } from '../../src/store/index.js';

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
  /** Any request of the store's protocol. */
  ask(to: ActorId, operation: Operation, request: object): Answer;
  /** Watches at one replica. */
  watch(to: ActorId, request: WatchRequest): Watching;
  /** The state machine of a replica's present life. */
  machine(id: ActorId): StateMachine;
  /** Starts the replica of a member that has been added. */
  join(id: ActorId, node: number): void;
}

type Operation = Exclude<keyof StoreProtocol['asks'], 'status'>;

export interface Watching {
  readonly batches: WatchBatch[];
  end: StreamEnd | undefined;
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
  const machines = new Map<ActorId, StateMachine>();
  let caller: ActorContext | undefined;
  const define = (id: ActorId, links: readonly ActorId[], added: Partial<ReplicaConfig>): void => {
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
      ...added,
    };
    world.define({
      id,
      waits: false,
      links: [...links.filter((other) => other !== id), CALLER],
      make: () => ({
        factory: storeReplica({
          disk,
          activityOf: (other) => world.activity(other),
          observe: ({ machine }) => {
            machines.set(id, machine);
          },
        }) as never,
        config,
      }),
      onEnd: () => undefined,
      onCrash: (error) => {
        crashes.push(error.message);
      },
    });
  };
  for (const id of replicas) define(id, replicas, {});
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
  const ask = (to: ActorId, operation: Operation, request: object): Answer => {
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
    ask,
    watch(to, request) {
      const watching: Watching = { batches: [], end: undefined };
      caller?.openStream(caller.ref<StoreProtocol>(to), 'watch', request, {
        onItem: (batch) => watching.batches.push(batch),
        onEnd: (end) => {
          watching.end = end;
        },
      });
      return watching;
    },
    machine: (id) => machines.get(id) as StateMachine,
    join(id, node) {
      define(id, replicas, { nodeId: nodeId(node) });
      replicas.push(id);
      world.spawn(id);
    },
  };
}

/** What a request was answered with. Throws where it failed. */
export function valueOf(answer: Answer): Record<string, unknown> {
  const code = outcomeOf(answer);
  if (answer.result?.ok !== true || !answer.result.value.ok) throw new Error(code);
  return { ...answer.result.value.value };
}

/** The error code of an answer, `ok`, or that there is none. */
export function outcomeOf(answer: Answer): string {
  if (answer.result === undefined) return 'none';
  if (!answer.result.ok) return answer.result.error.code;
  return answer.result.value.ok ? 'ok' : answer.result.value.error.code;
}
