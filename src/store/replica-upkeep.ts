import type { ActorId, Clock, Log, NodeId } from '../base/index.js';
import type { Alarm, StoreError } from '../protocol/index.js';
import { AutoCompaction } from './auto-compaction.js';
import type { Command } from './command.js';
import { HashCheck } from './hash-check.js';
import type { HashVerdict } from './hash-check.js';
import type { LeaseClock } from './lease-clock.js';
import { quotaVerdict } from './quota.js';
import { corruptProblem } from './replica-problem.js';
import type { HashAnswer, HashAsk, ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { StateMachine } from './state-machine.js';

const LEASES_PER_TICK = 1000;
/** A proposal about an alarm that got lost is made again after this. */
const ALARM_RETRY_MS = 1000;

export interface ReplicaUpkeepPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ReplicaSettings;
  readonly machine: StateMachine;
  readonly leases: LeaseClock;
  leads(): boolean;
  /** False while the disk takes no writes: what is due then is due again later. */
  mayPropose(): boolean;
  propose(command: Command): void;
  tell<K extends 'hashAsk' | 'hashAnswer'>(
    to: ActorId,
    type: K,
    message: ReplicaProtocol['tells'][K],
  ): void;
  /** Serve nothing, or serve again. */
  bar(error: StoreError | undefined): void;
  /** A majority has found the data of these to differ. */
  refill(ids: readonly NodeId[]): void;
  /** A leader whose data is wrong gives its place to another. */
  handOver(): void;
}

/** What a leader does unasked: ends leases, compacts, watches the quota, compares the replicas. And what follows from alarms. */
export class ReplicaUpkeep {
  readonly #ports: ReplicaUpkeepPorts;
  readonly #compaction: AutoCompaction;
  readonly #check: HashCheck;
  #spaceWanted = false;
  #alarmProposedMs = -Infinity;
  #corrupt = false;

  constructor(ports: ReplicaUpkeepPorts) {
    this.#ports = ports;
    const { settings, machine } = ports;
    this.#compaction = new AutoCompaction(settings.autoCompaction);
    this.#check = new HashCheck({
      own: settings.nodeId,
      get voters() {
        return machine.confState.voters;
      },
      machine,
      intervalMs: settings.hashCheckMs,
      tickMs: settings.tickMs,
      suspects: () => machine.alarmed('corrupt'),
      ask: (ask) => {
        for (const { id, name, learner } of machine.members.list())
          if (id !== settings.nodeId && !learner) ports.tell(name, 'hashAsk', ask);
      },
      answer: (to, answer) => {
        ports.tell(settings.actorOf(to), 'hashAnswer', answer);
      },
      judged: (verdict, ask) => {
        this.#judged(verdict, ask);
      },
    });
  }

  /** A majority has found this replica's data to differ: it must neither serve nor lead. */
  get corrupt(): boolean {
    return this.#corrupt;
  }

  /** A comparison of the replicas is under way, so far as this one knows. */
  get checking(): boolean {
    return this.#check.underway;
  }

  isCorrupt(id: NodeId): boolean {
    return this.#ports.machine.alarmed('corrupt', BigInt(id));
  }

  hashAsked(from: ActorId, ask: HashAsk): void {
    const leader = this.#ports.settings.nodeOf(from);
    if (leader !== undefined) this.#check.asked(leader, ask);
  }

  hashAnswered(from: ActorId, answer: HashAnswer): void {
    const id = this.#ports.settings.nodeOf(from);
    if (id !== undefined) this.#check.answered(id, answer);
  }

  /** A write was refused for want of space: the alarm tells everybody. */
  outOfSpace(): void {
    this.#spaceWanted = true;
  }

  /** Alarms may have changed: at start, with an entry, or with a whole state. */
  alarmsChanged(): void {
    const { settings, log } = this.#ports;
    const corrupt = this.isCorrupt(settings.nodeId);
    if (corrupt === this.#corrupt) return;
    this.#corrupt = corrupt;
    const problem = corruptProblem(settings);
    if (corrupt) log.error('this replica serves nothing any more', { problem });
    else log.info('this replica agrees with the others again');
    this.#ports.bar(
      corrupt ? { code: 'corrupt', message: `${settings.id}: ${problem}` } : undefined,
    );
  }

  restored(): void {
    this.#check.restored();
    this.alarmsChanged();
  }

  /** Leadership came or went. */
  roleChanged(): void {
    this.#check.reset();
    this.#compaction.reset();
    this.#spaceWanted = false;
  }

  tick(): void {
    const { clock, machine, leases } = this.#ports;
    const now = clock.monotonicMs();
    const leads = this.#ports.leads();
    this.#check.tick(now, leads);
    if (!leads) return;
    if (this.#corrupt) this.#ports.handOver();
    if (!this.#ports.mayPropose()) return;
    const ids = leases.takeExpired(LEASES_PER_TICK);
    if (ids.length > 0) this.#ports.propose({ type: 'leaseExpire', ids });
    const checkpoints = leases.takeCheckpoints(LEASES_PER_TICK);
    if (checkpoints.length > 0)
      this.#ports.propose({ type: 'leaseCheckpoint', leases: checkpoints });
    const revision = this.#compaction.due(now, machine.revision, machine.compactRevision);
    if (revision !== undefined) this.#ports.propose({ type: 'compact', revision });
    this.#watchQuota(now);
  }

  #watchQuota(now: number): void {
    const { machine, settings } = this.#ports;
    const raised = machine.alarmed('no-space');
    const wanted = this.#spaceWanted && !raised;
    this.#spaceWanted = false;
    const verdict = wanted ? 'raise' : quotaVerdict(machine.sizeBytes, settings.quotaBytes, raised);
    if (verdict === undefined || now - this.#alarmProposedMs < ALARM_RETRY_MS) return;
    this.#alarmProposedMs = now;
    const own: Alarm = { memberId: BigInt(settings.nodeId), type: 'no-space' };
    const alarms =
      verdict === 'raise' ? [own] : machine.alarms().filter(({ type }) => type === 'no-space');
    this.#ports.log.warn(`no-space: ${verdict} the alarm`, {
      sizeBytes: machine.sizeBytes,
      quotaBytes: settings.quotaBytes,
    });
    this.#ports.propose({ type: 'alarm', action: verdict, alarms });
  }

  #judged({ sound, corrupt, undecided }: HashVerdict, ask: HashAsk): void {
    const { log, settings } = this.#ports;
    const names = (ids: readonly NodeId[]): string[] => ids.map((id) => settings.actorOf(id));
    if (undecided.length > 0)
      log.error('replicas differ, and no majority agrees', { ...ask, replicas: names(undecided) });
    if (corrupt.length > 0)
      log.error('replicas differ from the majority', { ...ask, replicas: names(corrupt) });
    this.#ports.refill(corrupt);
    const bad = corrupt.filter((id) => !this.isCorrupt(id));
    if (bad.length > 0)
      this.#ports.propose({ type: 'alarm', action: 'raise', alarms: alarmsOf(bad) });
    const healed = sound.filter((id) => this.isCorrupt(id));
    if (healed.length > 0)
      this.#ports.propose({ type: 'alarm', action: 'clear', alarms: alarmsOf(healed) });
  }
}

function alarmsOf(ids: readonly NodeId[]): Alarm[] {
  return ids.map((id) => ({ memberId: BigInt(id), type: 'corrupt' }));
}
