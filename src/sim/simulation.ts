import { assertDefined, nodeId, randomChance, randomPick, seededRandom } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { BehaviourFactory, Protocol } from '../actor/index.js';
import { checkStoreHistory } from '../checker/index.js';
import { lastBatchStart, storeReplica } from '../store/index.js';
import type { ReplicaConfig } from '../store/index.js';
import { ClientHistory } from './client-history.js';
import { FaultSchedule } from './fault-schedule.js';
import { MembershipFaults, OPERATOR } from './membership-faults.js';
import { noFaults } from './fault-kinds.js';
import type { FaultCounts } from './fault-kinds.js';
import { RaftCheck } from './raft-check.js';
import { createSimDisk } from './sim-disk.js';
import type { SimDisk } from './sim-disk.js';
import { simActorId, SimWorld } from './sim-world.js';
import { workloadClient, workloadWatcher } from './store-workload.js';
import type { WorkloadPorts } from './workload-ports.js';

export interface SimulationOptions {
  readonly seed: number;
  /** Lets promise continuations run, then goes on: setImmediate. */
  readonly drain: (resume: () => void) => void;
  /** How long faults strike, in virtual time. Default 52,000. */
  readonly faultsMs?: number | undefined;
  /** Whether replicas are added, removed and replaced meanwhile. Default: in a third of the seeds. */
  readonly membership?: boolean | undefined;
  /** Every line that the actors log, for a closer look. */
  readonly onLog?:
    | ((atMs: number, actor: string, level: string, message: string, fields: unknown) => void)
    | undefined;
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
    readonly blocked: number;
  };
  readonly disks: {
    readonly syncs: number;
    readonly tornSectors: number;
    readonly droppedBytes: number;
  };
  readonly operations: {
    readonly tried: number;
    readonly answered: number;
    /** May have taken effect or not. */
    readonly unknown: number;
  };
  /** Calls of the model that the linearizability check took. */
  readonly checkerSteps: number;
  readonly leaders: number;
}

const FOUNDERS = ['store-0', 'store-1', 'store-2'].map(simActorId);
const READER = simActorId('client-2');
const CLIENTS = [simActorId('client-0'), simActorId('client-1'), READER];
const STEADY_WATCHER = simActorId('watcher-0');
const ROAMING_WATCHER = simActorId('watcher-1');
const WATCHERS = [STEADY_WATCHER, ROAMING_WATCHER];
/** What is drawn for the changes of members is drawn apart. */
const MEMBERSHIP_SEED = 0x6d656d62;
const COMPARE_EVERY_MS = 1000;
/** With all faults healed, the store must be of one mind again within this. */
const HEAL_MS = 40_000;
const FAULTS_MS = 52_000;
/** How long clients go on after the faults; then they only read. */
const CALM_MS = 6000;
const OPERATIONS_MIN = 1000;
/** Ten times what a seed needs. */
const EVENTS_MAX = 500_000;
/** A history of 1,400 operations takes some 1,500. */
const CHECKER_STEPS_MAX = 50_000;

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
  readonly #history: ClientHistory;
  readonly #counts = noFaults();
  readonly #faults: FaultSchedule;
  /** Those that the store is meant to have. */
  readonly #replicas = [...FOUNDERS];
  readonly #membership: MembershipFaults | undefined;
  readonly #clockShiftsMs = new Map<ActorId, number>();
  readonly #terms = new Map<ActorId, number>();
  /** By watcher: everything up to this has been delivered. */
  readonly #bookmarks = new Map<ActorId, number>();
  /** By client: what it saw when it read everything, after its last write. */
  readonly #finalReads = new Map<ActorId, { revision: number; keys: readonly string[] }>();
  #active = true;
  #healed = false;
  #successesAfterHeal = 0;
  #checkerSteps = 0;
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
    this.#world.network.makeFaulty(FOUNDERS);
    this.#history = new ClientHistory(() => this.#world.events);
    const rotting = randomPick(this.#random, FOUNDERS);
    this.#faults = new FaultSchedule({
      world: this.#world,
      random: this.#random,
      replicas: this.#replicas,
      counts: this.#counts,
      rotting,
      disk: (id) => this.#disk(id),
      damageableBytes: (id, path) => this.#damageableBytes(id, path),
      leader: () => {
        const leader = this.#check.statuses().find(({ role }) => role === 'leader');
        return this.#replicas.find((id) => id === leader?.id);
      },
      jumpClock: (id, ms) => {
        this.#clockShiftsMs.set(id, ms);
      },
    });
    const ownRandom = seededRandom(options.seed ^ MEMBERSHIP_SEED);
    this.#membership =
      (options.membership ?? randomChance(ownRandom, 0.33))
        ? this.#changeMembers(ownRandom, rotting)
        : undefined;
    for (const id of FOUNDERS) this.#defineReplica(id, {});
    for (const id of CLIENTS) {
      const habit = id === READER ? 'reads-only' : 'mixed';
      this.#defineClient(id, workloadClient(this.#workload(), habit));
    }
    this.#defineClient(STEADY_WATCHER, workloadWatcher(this.#workload(), 'steady'));
    this.#defineClient(ROAMING_WATCHER, workloadWatcher(this.#workload(), 'roaming'));
  }

  run(onEnd: (result: SimulationResult) => void): void {
    const world = this.#world;
    const faultsMs = this.#options.faultsMs ?? FAULTS_MS;
    for (const id of [...FOUNDERS, ...CLIENTS, ...WATCHERS]) world.spawn(id);
    if (this.#membership !== undefined) world.spawn(OPERATOR);
    this.#faults.start();
    world.plan(faultsMs, () => {
      this.#faults.heal();
      this.#membership?.heal();
      this.#healed = true;
    });
    world.plan(faultsMs + CALM_MS, () => {
      this.#endWrites();
    });
    this.#planComparison();
    const stopped = (): boolean => {
      if (world.events > EVENTS_MAX) this.#fail('livelock: events follow each other without end');
      return this.#done || this.#failure !== undefined;
    };
    world.run(faultsMs + HEAL_MS, stopped, this.#options.drain, (error) => {
      if (error !== undefined) this.#fail(error.message);
      if (!this.#done && this.#failure === undefined) this.#fail(this.#livenessFailure());
      onEnd(this.#result());
    });
  }

  #changeMembers(random: Random, rotting: ActorId): MembershipFaults {
    const membership = new MembershipFaults({
      world: this.#world,
      random,
      counts: this.#counts,
      replicas: this.#replicas,
      nodeIds: new Map(FOUNDERS.map((id, at) => [id, at + 1])),
      rotting,
      define: (id, config) => {
        this.#defineReplica(id, config);
        this.#world.network.makeFaulty([id]);
      },
    });
    this.#defineClient(OPERATOR, membership.operator());
    return membership;
  }

  #defineReplica(id: ActorId, joining: Pick<ReplicaConfig, 'nodeId' | 'known'>): void {
    const disk = createSimDisk({
      random: this.#random,
      charge: (ms) => {
        this.#world.charge(id, ms);
      },
    });
    this.#disks.set(id, disk);
    const config: ReplicaConfig = {
      id,
      peers: FOUNDERS.map((peer, at) => ({ id: peer, nodeId: nodeId(at + 1) })),
      folder: id,
      clusterId: 42n,
      snapshotEntries: 60,
      keptEntries: 20,
      segmentBytes: 16 * 1024,
      requestTimeoutMs: 2000,
      ...joining,
    };
    const factory = storeReplica({
      disk,
      observe: (view) => {
        this.#check.began(id, view);
      },
    });
    this.#world.define({
      id,
      waits: false,
      links: [
        ...this.#replicas.filter((other) => other !== id),
        ...CLIENTS,
        ...WATCHERS,
        ...(this.#membership === undefined ? [] : [OPERATOR]),
      ],
      make: () => ({
        factory: this.#withShiftedClock(id, factory) as BehaviourFactory<Protocol, unknown>,
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
        this.#faults.crashed(id, error.name === 'PowerLoss');
      },
      afterTurn: () => {
        this.#check.afterTurn(id);
        this.#watchTerm(id);
      },
    });
  }

  #watchTerm(id: ActorId): void {
    const own = this.#check.status(id);
    if (own === undefined || own.term === this.#terms.get(id)) return;
    this.#terms.set(id, own.term);
    const candidate = this.#check
      .statuses()
      .find(({ role, term }) => role === 'candidate' && term === own.term);
    const candidateId = this.#replicas.find((other) => other === candidate?.id && other !== id);
    if (own.leader === null && candidateId !== undefined) this.#faults.enteredTerm(id, candidateId);
  }

  /** People's clocks jump; durations are measured with another one. */
  #withShiftedClock<P extends Protocol, C>(
    id: ActorId,
    factory: BehaviourFactory<P, C>,
  ): BehaviourFactory<P, C> {
    return (context, config) => {
      const wallMs = (): number => context.clock.wallMs() + (this.#clockShiftsMs.get(id) ?? 0);
      return factory({ ...context, clock: { ...context.clock, wallMs } }, config);
    };
  }

  #defineClient(id: ActorId, factory: BehaviourFactory<Protocol, unknown>): void {
    this.#world.define({
      id,
      links: FOUNDERS,
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
      replicas: FOUNDERS,
      history: this.#history,
      active: () => this.#active,
      succeeded: () => {
        if (this.#healed) this.#successesAfterHeal++;
      },
      finallyRead: (client, revision, keys) => {
        this.#finalReads.set(client, { revision, keys });
      },
      watched: (watcher, revision) => {
        this.#bookmarks.set(watcher, revision);
      },
    };
  }

  /** A seed whose faults left little room does its operations after them. */
  #endWrites(): void {
    const enough = this.#history.operations.length >= OPERATIONS_MIN;
    if (enough || this.#options.faultsMs !== undefined) this.#active = false;
    else
      this.#world.plan(COMPARE_EVERY_MS, () => {
        this.#endWrites();
      });
  }

  #planComparison(): void {
    this.#world.plan(COMPARE_EVERY_MS, () => {
      this.#check.compareReplicas();
      if (!this.#active && this.#atRest()) this.#finish();
      else this.#planComparison();
    });
  }

  /** Everything is answered, applied everywhere and watched. */
  #atRest(): boolean {
    return this.#successesAfterHeal > 0 && this.#unrest() === undefined;
  }

  #unrest(): string | undefined {
    if (this.#membership?.busy === true) return 'a change of the members has no end';
    const all = this.#check.statuses();
    const statuses = all.filter(({ id }) => this.#replicas.some((replica) => replica === id));
    const notRunning = statuses.find((status) => status.state !== 'running');
    if (statuses.length < this.#replicas.length) return 'a replica is down';
    if (notRunning !== undefined) return `${notRunning.id} is ${notRunning.state}`;
    const [first] = statuses;
    if (statuses.some((status) => status.appliedIndex !== first?.appliedIndex)) {
      return `applied indexes differ: ${statuses.map((status) => String(status.appliedIndex)).join(', ')}`;
    }
    if (this.#history.waiting > 0) return 'an operation has no end';
    const revision = Math.max(0, ...statuses.map((status) => status.revision));
    for (const watcher of WATCHERS) {
      if ((this.#bookmarks.get(watcher) ?? 0) < revision)
        return `${watcher} has not been given revision ${String(revision)}`;
    }
    for (const client of CLIENTS) {
      const read = this.#finalReads.get(client);
      if (read?.revision !== revision) return `${client} has not read revision ${String(revision)}`;
      const leased = read.keys.find((key) => key.startsWith('l'));
      if (leased !== undefined) return `the lease of ${leased} has not ended`;
    }
    return undefined;
  }

  #finish(): void {
    const verdict = checkStoreHistory(this.#history, { stepsMax: CHECKER_STEPS_MAX });
    if (verdict.verdict === 'illegal') this.#fail(`${verdict.guarantee}: ${verdict.text}`);
    else if (verdict.verdict === 'unknown') this.#fail('the history is too hard for the checker');
    else this.#checkerSteps = verdict.steps;
    this.#done = true;
  }

  /** What the history says of the cause comes first. */
  #livenessFailure(): string {
    const verdict = checkStoreHistory(
      { operations: this.#history.operations, serializableReads: [], watches: [] },
      { stepsMax: CHECKER_STEPS_MAX },
    );
    if (verdict.verdict === 'illegal') return `${verdict.guarantee}: ${verdict.text}`;
    return `liveness: ${this.#unrest() ?? 'no operation succeeded'} after the faults had healed`;
  }

  #fail(message: string): void {
    this.#failure ??= `${message} (at ${this.#world.nowMs.toFixed(3)} ms, event ${String(this.#world.events)})`;
  }

  #disk(id: ActorId): SimDisk {
    return assertDefined(this.#disks.get(id), id);
  }

  #damageableBytes(id: ActorId, path: string): number {
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
    const { sent, lost, reordered, duplicated, blocked } = this.#world.network.counts;
    const { operations } = this.#history;
    return {
      seed: this.#options.seed,
      ok: this.#failure === undefined,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      events: this.#world.events,
      virtualMs: this.#world.nowMs,
      traceHash: this.#world.traceHash(),
      faults: { ...this.#counts, loss: lost, reordering: reordered, duplication: duplicated },
      network: { sent, blocked },
      disks: {
        syncs: sum((counts) => counts.syncs),
        tornSectors: sum((counts) => counts.tornSectors),
        droppedBytes: sum((counts) => counts.droppedBytes),
      },
      operations: {
        tried: operations.length,
        answered: operations.filter(({ outcome }) => outcome.type === 'answered').length,
        unknown: operations.filter(({ outcome }) => outcome.type === 'unknown').length,
      },
      checkerSteps: this.#checkerSteps,
      leaders: this.#check.leadersSeen,
    };
  }
}
