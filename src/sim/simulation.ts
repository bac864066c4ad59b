import { assertDefined, randomChance, randomPick, seededRandom } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { BehaviourFactory, Protocol } from '../actor/index.js';
import { checkStoreHistory } from '../checker/index.js';
import { ClientHistory } from './client-history.js';
import { FaultSchedule } from './fault-schedule.js';
import { noFaults } from './fault-kinds.js';
import { MembershipFaults, OPERATOR } from './membership-faults.js';
import type { MembershipPorts } from './membership-faults.js';
import { LeaseEnds } from './lease-ends.js';
import { RaftCheck } from './raft-check.js';
import { Rest } from './rest.js';
import { simActorId, SimWorld } from './sim-world.js';
import { SimulatedReplica } from './simulated-replica.js';
import { simulationResult } from './simulation-result.js';
import type { SimulationResult } from './simulation-result.js';
import { workloadClient, workloadWatcher } from './store-workload.js';
import type { WorkloadPorts } from './workload-ports.js';
import { flipStoredBit } from './wrong-state.js';

export interface SimulationOptions {
  readonly seed: number;
  /** Goes on when no promise has anything left to do. */
  readonly drain: (resume: () => void) => void;
  /** How long faults strike, in virtual time. Default 54,000. */
  readonly faultsMs?: number | undefined;
  /** Whether replicas are added, removed and replaced meanwhile. Default: in a third of the seeds. */
  readonly membership?: boolean | undefined;
  /** Every line that the actors log, for a closer look. */
  readonly onLog?:
    | ((atMs: number, actor: string, level: string, message: string, fields: unknown) => void)
    | undefined;
}

const FOUNDERS = ['store-0', 'store-1', 'store-2'].map(simActorId);
const READER = simActorId('client-2');
const CLIENTS = [simActorId('client-0'), simActorId('client-1'), READER];
const STEADY_WATCHER = simActorId('watcher-0');
const ROAMING_WATCHER = simActorId('watcher-1');
const WATCHERS = [STEADY_WATCHER, ROAMING_WATCHER];
/** What is drawn for the changes of members is drawn apart. */
const MEMBERSHIP_SEED = 0x6d656d62;
/** Of the disk's faults, and of a replica that lost what it had promised. */
const MEANT_CRASHES = ['PowerLoss', 'DiskError', 'BeginsAnew'];
const COMPARE_EVERY_MS = 1000;
/** With all faults healed, the store must be of one mind again within this. */
const HEAL_MS = 40_000;
const FAULTS_MS = 54_000;
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
  /** Those that the store is meant to have. */
  readonly #replicas = [...FOUNDERS];
  readonly #machines = new Map<ActorId, SimulatedReplica>();
  readonly #rotting: ActorId;
  readonly #membership: MembershipFaults | undefined;
  readonly #check = new RaftCheck();
  readonly #history: ClientHistory;
  readonly #leases: LeaseEnds;
  readonly #rest: Rest;
  readonly #counts = noFaults();
  readonly #faults: FaultSchedule;
  readonly #terms = new Map<ActorId, number>();
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
    this.#rotting = randomPick(this.#random, FOUNDERS);
    this.#history = new ClientHistory(() => this.#world.events);
    this.#leases = new LeaseEnds({
      history: this.#history,
      nowMs: () => this.#world.nowMs,
      after: (delayMs, callback) => {
        this.#world.plan(delayMs, callback);
      },
      momentOf: () => this.#world.events,
    });
    this.#rest = new Rest({
      replicas: this.#replicas,
      membersChange: () => this.#membership?.busy === true,
      clients: CLIENTS,
      watchers: WATCHERS,
      check: this.#check,
      history: this.#history,
    });
    this.#faults = this.#makeFaults();
    const ownRandom = seededRandom(options.seed ^ MEMBERSHIP_SEED);
    if (options.membership ?? randomChance(ownRandom, 0.33))
      this.#membership = this.#changeMembers(ownRandom);
    for (const id of FOUNDERS) this.#makeReplica(id, {});
    const ports = this.#workload();
    for (const id of CLIENTS)
      this.#defineClient(id, workloadClient(ports, id === READER ? 'reads-only' : 'mixed'));
    this.#defineClient(STEADY_WATCHER, workloadWatcher(ports, 'steady'));
    this.#defineClient(ROAMING_WATCHER, workloadWatcher(ports, 'roaming'));
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

  #makeFaults(): FaultSchedule {
    return new FaultSchedule({
      world: this.#world,
      random: this.#random,
      replicas: this.#replicas,
      clients: [...CLIENTS, ...WATCHERS],
      counts: this.#counts,
      rotting: this.#rotting,
      disk: (id) => this.#machine(id).disk,
      damageableBytes: (id, path) => this.#machine(id).damageableBytes(path),
      leader: () => {
        const leader = this.#check.statuses().find(({ role }) => role === 'leader');
        return this.#replicas.find((id) => id === leader?.id);
      },
      shiftWallClock: (id, ms) => {
        this.#machine(id).wallShiftMs = ms;
      },
      leapt: (ms) => {
        this.#leases.leapt(ms);
      },
      spoilState: (id) => this.#spoil(id),
    });
  }

  #changeMembers(random: Random): MembershipFaults {
    const membership = new MembershipFaults({
      world: this.#world,
      random,
      counts: this.#counts,
      replicas: this.#replicas,
      nodeIds: new Map(FOUNDERS.map((id, at) => [id, at + 1])),
      rotting: this.#rotting,
      define: (id, joining) => {
        this.#makeReplica(id, joining);
        this.#world.network.makeFaulty([id]);
      },
    });
    this.#defineClient(OPERATOR, membership.operator());
    return membership;
  }

  #makeReplica(id: ActorId, joining: Parameters<MembershipPorts['define']>[1]): void {
    const machine = new SimulatedReplica(id, {
      world: this.#world,
      random: this.#random,
      founders: FOUNDERS,
      joining,
      links: [
        ...this.#replicas.filter((other) => other !== id),
        ...CLIENTS,
        ...WATCHERS,
        ...(this.#membership === undefined ? [] : [OPERATOR]),
      ],
      began: (view) => {
        this.#check.began(id, view);
      },
      ended: () => {
        this.#check.ended(id);
      },
      crashed: (error) => {
        if (MEANT_CRASHES.includes(error.name))
          this.#faults.processes.crashed(id, error.name === 'PowerLoss');
        else this.#fail(`${id} crashed: ${error.message}`);
      },
      afterTurn: () => {
        this.#watchTerm(id, this.#check.afterTurn(id));
      },
    });
    this.#machines.set(id, machine);
  }

  /** Not while members come and go: who is added may get the wrong state, and then there may be no majority against it. */
  #spoil(id: ActorId): boolean {
    if (this.#membership !== undefined) return false;
    const view = this.#check.views().find(([other]) => other === id)?.[1];
    if (view === undefined || !flipStoredBit(view)) return false;
    this.#check.expectDifference(FOUNDERS.length);
    return true;
  }

  #watchTerm(id: ActorId, own: ReturnType<RaftCheck['afterTurn']>): void {
    if (own === undefined || own.term === this.#terms.get(id)) return;
    this.#terms.set(id, own.term);
    const candidate = this.#check
      .statuses()
      .find(({ role, term }) => role === 'candidate' && term === own.term);
    const candidateId = this.#replicas.find((other) => other === candidate?.id && other !== id);
    if (own.leader === null && candidateId !== undefined)
      this.#faults.processes.enteredTerm(id, candidateId);
  }

  #defineClient(id: ActorId, factory: BehaviourFactory<Protocol, unknown>): void {
    this.#world.define({
      id,
      links: FOUNDERS,
      waits: true,
      make: () => ({ factory, config: {} }),
      onEnd: () => {
        this.#history.died(id);
      },
      onCrash: (error) => {
        this.#fail(`${id} crashed: ${error.message}`);
      },
    });
  }

  #workload(): WorkloadPorts {
    return {
      replicas: FOUNDERS,
      history: this.#history,
      leases: this.#leases,
      active: () => this.#active,
      succeeded: () => {
        if (this.#healed) this.#successesAfterHeal++;
      },
      finallyRead: (client, revision, keys) => {
        this.#rest.finallyRead(client, revision, keys);
      },
      watched: (watcher, revision) => {
        this.#rest.watched(watcher, revision);
      },
    };
  }

  /** A seed whose faults left little room does its operations after them. */
  #endWrites(): void {
    const enough = this.#history.operations.length >= OPERATIONS_MIN;
    if (enough || this.#options.faultsMs !== undefined) {
      this.#active = false;
      // Once more, as no write or compaction takes it away any more: it must be found.
      if (this.#counts['wrong-state'] > 0) this.#spoil(this.#rotting);
    } else
      this.#world.plan(COMPARE_EVERY_MS, () => {
        this.#endWrites();
      });
  }

  #planComparison(): void {
    this.#world.plan(COMPARE_EVERY_MS, () => {
      this.#check.compareReplicas();
      const atRest = this.#successesAfterHeal > 0 && this.#rest.unrest() === undefined;
      if (!this.#active && atRest) this.#finish();
      else this.#planComparison();
    });
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
    return `liveness: ${this.#rest.unrest() ?? 'no operation succeeded'} after the faults had healed`;
  }

  #fail(message: string): void {
    this.#failure ??= `${message} (at ${this.#world.nowMs.toFixed(3)} ms, event ${String(this.#world.events)})`;
  }

  #machine(id: ActorId): SimulatedReplica {
    return assertDefined(this.#machines.get(id), id);
  }

  #result(): SimulationResult {
    return simulationResult({
      seed: this.#options.seed,
      failure: this.#failure,
      world: this.#world,
      disks: [...this.#machines.values()].map(({ disk }) => disk),
      counts: this.#counts,
      history: this.#history,
      checkerSteps: this.#checkerSteps,
      leaders: this.#check.leadersSeen,
    });
  }
}
