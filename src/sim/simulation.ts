import { assertDefined, nodeId, randomPick, seededRandom } from '../base/index.js';
import type { ActorId, Disk, Random } from '../base/index.js';
import type { BehaviourFactory, Protocol } from '../actor/index.js';
import { lastBatchStart, storeReplica } from '../store/index.js';
import type { ReplicaConfig } from '../store/index.js';
import { FaultSchedule, noFaults } from './fault-schedule.js';
import type { FaultCounts } from './fault-schedule.js';
import { checkHistory, emptyHistory } from './history-check.js';
import { RaftCheck } from './raft-check.js';
import { createSimDisk } from './sim-disk.js';
import type { SimDisk } from './sim-disk.js';
import { simActorId, SimWorld } from './sim-world.js';
import { workloadClient, workloadWatcher } from './store-workload.js';
import type { WorkloadPorts } from './store-workload.js';

export interface SimulationOptions {
  readonly seed: number;
  /** Lets promise continuations run, then goes on: setImmediate. */
  readonly drain: (resume: () => void) => void;
  /** How long faults strike, in virtual time. Default 8,000. */
  readonly faultsMs?: number | undefined;
  /** Every line that the actors log, for a closer look. */
  readonly onLog?:
    | ((atMs: number, actor: string, level: string, message: string, fields: unknown) => void)
    | undefined;
  /** A bug made on purpose, to see it caught. */
  readonly planted?: PlantedBug | undefined;
}

export interface PlantedBug {
  /** The disk as a replica sees it. */
  readonly disk?: (disk: Disk) => Disk;
  /** A replica's behaviour. */
  readonly replica?: <P extends Protocol, C>(
    factory: BehaviourFactory<P, C>,
  ) => BehaviourFactory<P, C>;
  /** Clients read from any replica and take the answers for the newest. */
  readonly serializableReads?: boolean;
}

export interface SimulationResult {
  readonly seed: number;
  readonly ok: boolean;
  /** What broke, with the moment. */
  readonly failure?: string;
  readonly events: number;
  readonly virtualMs: number;
  /** The same for the same seed and the same code. */
  readonly traceHash: string;
  readonly faults: FaultCounts;
  readonly network: {
    readonly sent: number;
    readonly lost: number;
    readonly reordered: number;
    readonly blocked: number;
  };
  readonly disks: {
    readonly syncs: number;
    readonly tornSectors: number;
    readonly droppedBytes: number;
  };
  readonly writes: { readonly tried: number; readonly acknowledged: number };
  readonly reads: number;
  readonly leaders: number;
}

const REPLICAS = ['store-0', 'store-1', 'store-2'].map(simActorId);
const CLIENTS = ['client-0', 'client-1', 'client-2'].map(simActorId);
const WATCHERS = ['watcher-0', 'watcher-1'].map(simActorId);
const COMPARE_EVERY_MS = 1000;
/** With all faults healed, the store must be of one mind again within this. */
const HEAL_MS = 40_000;
/** How long clients go on after the faults. */
const CALM_MS = 2000;

/**
 * Three replicas, clients and watchers under faults drawn from the seed; the very code that runs on threads. The result is
 * handed to `onEnd`, since the clients' promises need the caller's event loop.
 */
export function runSimulation(
  options: SimulationOptions,
  onEnd: (result: SimulationResult) => void,
): void {
  new Simulation(options).run(onEnd);
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #world: SimWorld;
  readonly #disks = new Map<ActorId, SimDisk>();
  readonly #check = new RaftCheck();
  readonly #history = emptyHistory();
  readonly #counts = noFaults();
  readonly #faults: FaultSchedule;
  #active = true;
  #healed = false;
  #successesAfterHeal = 0;
  #failure: string | undefined;
  #done = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#world = new SimWorld({
      random: this.#random,
      log: (atMs, actor, level, message, fields) => {
        options.onLog?.(atMs, actor, level, message, fields);
      },
    });
    this.#world.network.makeFaulty(REPLICAS);
    this.#faults = new FaultSchedule({
      world: this.#world,
      random: this.#random,
      replicas: REPLICAS,
      counts: this.#counts,
      rotting: randomPick(this.#random, REPLICAS),
      disk: (id) => this.#disk(id),
      flippableBytes: (id, path) => this.#flippableBytes(id, path),
    });
    for (const id of REPLICAS) this.#defineReplica(id);
    for (const id of CLIENTS) this.#defineClient(id, workloadClient(this.#workload()));
    for (const id of WATCHERS) this.#defineClient(id, workloadWatcher(this.#workload()));
  }

  run(onEnd: (result: SimulationResult) => void): void {
    const world = this.#world;
    const faultsMs = this.#options.faultsMs ?? 8000;
    for (const id of [...REPLICAS, ...CLIENTS, ...WATCHERS]) world.spawn(id);
    this.#faults.start();
    world.plan(faultsMs, () => {
      this.#faults.heal();
      this.#healed = true;
    });
    world.plan(faultsMs + CALM_MS, () => {
      this.#active = false;
    });
    this.#planComparison(faultsMs + CALM_MS);
    const stopped = (): boolean => this.#done || this.#failure !== undefined;
    world.run(faultsMs + HEAL_MS, stopped, this.#options.drain, (error) => {
      if (error !== undefined) this.#fail(error.message);
      if (!this.#done && this.#failure === undefined) this.#fail(this.#livenessFailure());
      onEnd(this.#result());
    });
  }

  #defineReplica(id: ActorId): void {
    const disk = createSimDisk({
      random: this.#random,
      charge: (ms) => {
        this.#world.charge(id, ms);
      },
    });
    this.#disks.set(id, disk);
    const { planted } = this.#options;
    const seenDisk = planted?.disk?.(disk) ?? disk;
    const config: ReplicaConfig = {
      id,
      peers: REPLICAS.map((peer, at) => ({ id: peer, nodeId: nodeId(at + 1) })),
      folder: id,
      clusterId: 42n,
      snapshotEntries: 60,
      keptEntries: 20,
      segmentBytes: 16 * 1024,
      requestTimeoutMs: 2000,
    };
    const factory = storeReplica({
      disk: seenDisk,
      observe: (view) => {
        this.#check.began(id, view);
      },
    });
    this.#world.define({
      id,
      waits: false,
      links: [...REPLICAS.filter((other) => other !== id), ...CLIENTS, ...WATCHERS],
      make: () => ({
        factory: (planted?.replica?.(factory) ?? factory) as BehaviourFactory<Protocol, unknown>,
        config,
      }),
      onEnd: () => {
        this.#check.ended(id);
      },
      onCrash: (error) => {
        if (error.name !== 'PowerLoss' && error.name !== 'DiskError') {
          this.#fail(`${id} crashed: ${error.message}`);
          return;
        }
        if (error.name === 'PowerLoss') this.#counts.powerLosses++;
        this.#faults.crashed(id);
      },
      afterTurn: () => {
        this.#check.afterTurn(id);
      },
    });
  }

  #defineClient(id: ActorId, factory: BehaviourFactory<Protocol, unknown>): void {
    this.#world.define({
      id,
      links: REPLICAS,
      waits: true,
      make: () => ({ factory, config: {} }),
      onEnd: () => undefined,
      onCrash: (error) => {
        this.#fail(`${id} crashed: ${error.message}`);
      },
    });
  }

  #workload(): WorkloadPorts {
    return {
      replicas: REPLICAS,
      history: this.#history,
      now: () => this.#world.events,
      active: () => this.#active,
      serializableReads: this.#options.planted?.serializableReads ?? false,
      succeeded: () => {
        if (this.#healed) this.#successesAfterHeal++;
      },
    };
  }

  #planComparison(calmFromMs: number): void {
    this.#world.plan(COMPARE_EVERY_MS, () => {
      this.#check.compareReplicas();
      if (this.#world.nowMs > calmFromMs && this.#atRest()) this.#finish();
      else this.#planComparison(calmFromMs);
    });
  }

  /** Everything is answered, applied everywhere and watched. */
  #atRest(): boolean {
    return this.#successesAfterHeal > 0 && this.#unrest() === undefined;
  }

  #unrest(): string | undefined {
    const statuses = this.#check.statuses();
    const notRunning = statuses.find((status) => status.state !== 'running');
    if (statuses.length < REPLICAS.length) return 'a replica is down';
    if (notRunning !== undefined) return `${notRunning.id} is ${notRunning.state}`;
    const [first] = statuses;
    if (statuses.some((status) => status.appliedIndex !== first?.appliedIndex)) {
      return `applied indexes differ: ${statuses.map((status) => String(status.appliedIndex)).join(', ')}`;
    }
    const open = [...this.#history.writes, ...this.#history.reads].find(
      (operation) => operation.ended === undefined,
    );
    if (open !== undefined) return `an operation of ${open.client} on ${open.key} has no end`;
    const revision = Math.max(0, ...statuses.map((status) => status.revision));
    const behind = [...this.#history.watches].find(
      ([, events]) => (events.at(-1)?.revision ?? 1) < revision,
    );
    return behind === undefined
      ? undefined
      : `${behind[0]} has not been given revision ${String(revision)}`;
  }

  #finish(): void {
    const wrong = checkHistory(this.#history);
    if (wrong === undefined) this.#done = true;
    else this.#fail(wrong);
  }

  #livenessFailure(): string {
    const wrong = checkHistory({ ...this.#history, watches: new Map() });
    return (
      wrong ?? `liveness: ${this.#unrest() ?? 'no operation succeeded'} after the faults had healed`
    );
  }

  #fail(message: string): void {
    this.#failure ??= `${message} (at ${this.#world.nowMs.toFixed(3)} ms, event ${String(this.#world.events)})`;
  }

  #disk(id: ActorId): SimDisk {
    return assertDefined(this.#disks.get(id), id);
  }

  #flippableBytes(id: ActorId, path: string): number {
    const file = this.#disk(id)
      .files()
      .find((one) => one.path === path);
    if (file === undefined) return 0;
    if (path.endsWith('.snap')) return file.bytes;
    if (!path.endsWith('.wal')) return 0;
    const opened = this.#disk(id).open(path, 'read');
    const bytes = new Uint8Array(file.bytes);
    opened.pread(bytes, 0);
    return lastBatchStart(bytes);
  }

  #result(): SimulationResult {
    const disks = [...this.#disks.values()].map((disk) => disk.counts);
    const sum = (pick: (counts: SimDisk['counts']) => number): number =>
      disks.reduce((total, counts) => total + pick(counts), 0);
    const { sent, lost, reordered, blocked } = this.#world.network.counts;
    return {
      seed: this.#options.seed,
      ok: this.#failure === undefined,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      events: this.#world.events,
      virtualMs: this.#world.nowMs,
      traceHash: this.#world.traceHash(),
      faults: this.#counts,
      network: { sent, lost, reordered, blocked },
      disks: {
        syncs: sum((counts) => counts.syncs),
        tornSectors: sum((counts) => counts.tornSectors),
        droppedBytes: sum((counts) => counts.droppedBytes),
      },
      writes: {
        tried: this.#history.writes.length,
        acknowledged: this.#history.writes.filter((write) => typeof write.revision === 'number')
          .length,
      },
      reads: this.#history.reads.filter((read) => read.revision !== undefined).length,
      leaders: this.#check.leadersSeen,
    };
  }
}
