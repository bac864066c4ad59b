import { actorId } from '../../base/index.js';
import type { ChildSpec } from '../../actor/index.js';
import type { ThreadActorSystem } from '../../io/thread/index.js';
import type { StoreMember } from '../../protocol/index.js';
import type { ActorStep, AdminTask, MembershipGoal } from '../../store/index.js';
import { CLUSTER } from '../../topology/index.js';
import { OperatingError } from '../failure.js';
import { keepMembers, readKeptMembers } from '../folder/index.js';
import type { DataFolder, KeptGoal, KeptMembers } from '../folder/index.js';
import { runErrand } from './errand.js';

export interface MembershipPorts {
  readonly system: ThreadActorSystem;
  readonly folder: DataFolder;
  /** The spec of a replica that `members.replicas` names. */
  readonly replicaSpec: (name: string) => ChildSpec;
  /** Whether a replica takes part in Raft: it may be up and refuse its files. */
  readonly takesPart: (name: string) => Promise<boolean>;
}

type StepOrRefusal =
  | { readonly type: 'step'; readonly step: ActorStep }
  | { readonly type: 'refused'; readonly changed: boolean; readonly message: string };

/** Between two tries of what the store refuses for now. */
const RETRY_MS = 1000;

/**
 * Adds, removes and replaces replicas: the store's part and the actors' part, one step after another. What is wanted is on disk
 * before the first step, so that a daemon that dies in between goes on when it starts again.
 */
export class Membership {
  readonly #ports: MembershipPorts;
  #kept: KeptMembers;
  #pursuit: Promise<void> | undefined;
  #errand: Promise<unknown> = Promise.resolve();
  #obstacle: string | null = null;
  #ended = false;

  constructor(ports: MembershipPorts) {
    this.#ports = ports;
    this.#kept = readKeptMembers(ports.folder);
    void ports.system.ended.then(() => {
      this.#ended = true;
    });
  }

  get kept(): KeptMembers {
    return this.#kept;
  }

  /** Why what is wanted is not reached yet, if something stands in its way. */
  get obstacle(): string | null {
    return this.#obstacle;
  }

  async list(): Promise<readonly StoreMember[]> {
    return this.#listed({ type: 'list' });
  }

  async promote(name: string): Promise<readonly StoreMember[]> {
    return this.#listed({ type: 'promote', name });
  }

  /** The store's leader hands over to that member. Resolves once it leads. */
  async moveLeader(name: string): Promise<void> {
    await this.#listed({ type: 'move-leader', name });
  }

  /** Resolves with the name of the new replica when it is there. */
  async add(voter: boolean): Promise<string> {
    const name = this.#freshName();
    await this.#want({ add: { name, voter } });
    return name;
  }

  async remove(name: string): Promise<void> {
    await this.#want({ remove: { name } });
  }

  /** The same, with the name of the one that took its place. */
  async replace(target: string): Promise<string> {
    const goal = this.#kept.goal;
    const resumed = goal?.remove?.name === target ? goal.add?.name : undefined;
    const name = resumed ?? this.#freshName();
    await this.#want({ add: { name, voter: true }, remove: { name: target } });
    return name;
  }

  /** What an earlier life of the daemon left undone. */
  resume(): void {
    if (this.#kept.goal === undefined || this.#pursuit !== undefined) return;
    // Its obstacles are kept for who asks.
    this.#begin(true).catch(() => undefined);
  }

  /** The same goal once more waits for its end; a new replica that does not come may be removed; all else has to wait. */
  async #want(goal: KeptGoal): Promise<void> {
    const present = this.#kept.goal;
    const same = JSON.stringify(present) === JSON.stringify(goal);
    const givesUp = present?.add !== undefined && present.add.name === goal.remove?.name;
    if (present !== undefined && !same && !givesUp)
      throw new OperatingError(
        `${goalText(present)} is under way; \`kubactor member list\` shows it`,
      );
    if (!same) this.#keep({ ...this.#kept, goal });
    await (this.#pursuit ?? this.#begin(false));
  }

  #begin(changed: boolean): Promise<void> {
    this.#pursuit = this.#pursue(changed).finally(() => {
      this.#pursuit = undefined;
      this.#obstacle = null;
    });
    return this.#pursuit;
  }

  async #pursue(begun: boolean): Promise<void> {
    let changed = begun;
    while (this.#kept.goal !== undefined && !this.#ended) {
      const goal = this.#kept.goal;
      const reached = await this.#reach(goal);
      if (reached.type === 'step') {
        changed = true;
        await this.#act(goal, reached.step);
        continue;
      }
      changed ||= reached.changed;
      if (!changed) {
        this.#forgetGoal(goal);
        throw new OperatingError(reached.message);
      }
      this.#obstacle = reached.message;
      await pause(RETRY_MS);
    }
  }

  /** An errand that did not come back may have changed something. */
  async #reach(goal: KeptGoal): Promise<StepOrRefusal> {
    try {
      const ordered = await this.#ordered(goal);
      const task: AdminTask = { type: 'reach', goal: ordered, actors: this.#actors() };
      const { reached } = await this.#ask(task);
      if (reached?.type === 'step') return reached;
      if (reached !== undefined)
        return { type: 'refused', changed: reached.changed, message: reached.error.message };
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      return { type: 'refused', changed: true, message: error.message };
    }
    return { type: 'refused', changed: true, message: 'the errand told nothing' };
  }

  /** One that takes no part goes first: what is left is then a smaller majority, as etcd asks for. */
  async #ordered({ add, remove }: KeptGoal): Promise<MembershipGoal> {
    if (remove === undefined) return { add };
    return { add, remove: { ...remove, first: !(await this.#ports.takesPart(remove.name)) } };
  }

  async #act(goal: KeptGoal, step: ActorStep): Promise<void> {
    const { system } = this.#ports;
    switch (step.type) {
      case 'start': {
        this.#keepReplica(step.name, Number(step.id));
        const started = await system.startChild(CLUSTER, this.#ports.replicaSpec(step.name));
        if (started.ok) return;
        this.#obstacle = started.error.message;
        await pause(RETRY_MS);
        return;
      }
      case 'stop':
        await this.#stop(step.name);
        return;
      case 'abandon':
        await this.#stop(step.name);
        this.#forgetGoal(goal);
        throw new OperatingError(`${step.name} was removed from the store meanwhile`);
      case 'done':
        this.#forgetGoal(goal);
    }
  }

  /** Its folder stays: no other replica ever gets that name. */
  async #stop(name: string): Promise<void> {
    const { system } = this.#ports;
    this.#keep({ ...this.#kept, replicas: this.#kept.replicas.filter((one) => one.name !== name) });
    await system.terminateChild(CLUSTER, name);
    system.deleteChild(CLUSTER, name);
  }

  #keepReplica(name: string, id: number): void {
    const others = this.#kept.replicas.filter((one) => one.name !== name);
    this.#keep({ ...this.#kept, replicas: [...others, { name, id }] });
  }

  #freshName(): string {
    const number = this.#kept.nextName;
    if (this.#kept.goal === undefined) this.#keep({ ...this.#kept, nextName: number + 1 });
    return `store-${number}`;
  }

  #forgetGoal(reached: KeptGoal): void {
    if (this.#kept.goal === reached) this.#keep({ ...this.#kept, goal: undefined });
  }

  #keep(kept: KeptMembers): void {
    keepMembers(this.#ports.folder, kept);
    this.#kept = kept;
  }

  #actors(): string[] {
    const actors = this.#ports.system.actors();
    return actors.filter(({ component }) => component === 'store').map(({ id }) => actorId(id));
  }

  async #listed(task: AdminTask): Promise<readonly StoreMember[]> {
    const { listed } = await this.#ask(task);
    if (listed?.ok === true) return listed.value.members;
    throw new OperatingError(listed?.error.message ?? 'the store was not asked');
  }

  /** One errand after the other: they share an actor id. */
  #ask(task: AdminTask): ReturnType<typeof runErrand> {
    const next = this.#errand.then(
      () => runErrand(this.#ports.system, task),
      () => runErrand(this.#ports.system, task),
    );
    this.#errand = next;
    return next;
  }
}

/** For people. */
export function goalText({ add, remove }: KeptGoal): string {
  if (add === undefined) return `removing ${remove?.name ?? 'nobody'}`;
  return remove === undefined ? `adding ${add.name}` : `replacing ${remove.name} by ${add.name}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
