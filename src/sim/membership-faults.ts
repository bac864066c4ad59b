import {
  actorId,
  assertNever,
  nodeId,
  randomBelow,
  randomChance,
  randomPick,
} from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { ActorContext, Behaviour, BehaviourFactory } from '../actor/index.js';
import type { SilentProtocol } from '../protocol/index.js';
import { createMemberClient, reachMembers } from '../store/index.js';
import type { ActorStep, MembershipGoal, ReplicaConfig } from '../store/index.js';
import type { FaultCounts, FaultKind } from './fault-kinds.js';
import type { SimWorld } from './sim-world.js';

export interface MembershipPorts {
  readonly world: SimWorld;
  /** Of its own, so that a seed without changes of the members runs as it would have. */
  readonly random: Random;
  readonly counts: FaultCounts;
  /** The replicas that the store is meant to have now, and their ids: added to and taken from here. */
  readonly replicas: ActorId[];
  readonly nodeIds: Map<ActorId, number>;
  /** The one whose files rot. With two members left nobody could mend it. */
  readonly rotting: ActorId;
  /** Makes a replica that `world.spawn` can start. */
  define(id: ActorId, config: Pick<ReplicaConfig, 'nodeId' | 'known'>): void;
}

export const OPERATOR = actorId('operator');

const VOTERS_MIN = 3;
const MEMBERS_MAX = 5;
const PATIENCE_MS = 3000;

/** Adds, removes and replaces replicas at random moments while everything else goes wrong, with the code that the daemon runs. */
export class MembershipFaults {
  readonly #ports: MembershipPorts;
  #names: number;
  #ended = false;
  #busy = false;

  constructor(ports: MembershipPorts) {
    this.#ports = ports;
    this.#names = ports.replicas.length;
  }

  /** A goal is not reached yet. */
  get busy(): boolean {
    return this.#busy;
  }

  /** No new goals; the one under way is reached. */
  heal(): void {
    this.#ended = true;
  }

  operator(): BehaviourFactory<SilentProtocol, unknown> {
    return (context): Behaviour<SilentProtocol> => ({
      start: () => {
        void this.#work(context);
      },
      tells: {},
      asks: {},
      streams: {},
    });
  }

  async #work(context: ActorContext): Promise<void> {
    const { random } = this.#ports;
    for (;;) {
      await context.sleep(1000 + randomBelow(random, 6000));
      if (this.#ended) return;
      this.#busy = true;
      await this.#pursue(context, this.#drawGoal());
      this.#busy = false;
    }
  }

  #drawGoal(): MembershipGoal {
    const { random, replicas, rotting, world } = this.#ports;
    const name = `store-${String(this.#names++)}`;
    const target = randomPick(random, replicas);
    const removable = replicas.length > VOTERS_MIN;
    if (removable && randomChance(random, 0.4)) return { remove: { name: target, first: false } };
    if (replicas.length < MEMBERS_MAX && randomChance(random, 0.3))
      return { add: { name, voter: true } };
    const othersRot = target !== rotting && replicas.includes(rotting);
    const first = world.life(target) === undefined && (removable || !othersRot);
    return { add: { name, voter: true }, remove: { name: target, first } };
  }

  /** As the daemon does: what was refused before anything changed is dropped, anything else is tried until it is reached. */
  async #pursue(context: ActorContext, goal: MembershipGoal): Promise<void> {
    const { counts, replicas } = this.#ports;
    const client = createMemberClient(context, () => replicas);
    let begun = false;
    for (;;) {
      const options = { patienceMs: PATIENCE_MS, actors: new Set<string>(replicas) };
      const reached = await reachMembers(context, client, goal, options);
      if (reached.type === 'refused') {
        begun ||= reached.changed;
        if (!begun) return;
        await context.sleep(500);
        continue;
      }
      begun = true;
      if (reached.step.type === 'done') {
        counts[faultOf(goal)]++;
        return;
      }
      await this.#do(context, reached.step);
      if (reached.step.type === 'abandon') return;
    }
  }

  async #do(context: ActorContext, step: Exclude<ActorStep, { type: 'done' }>): Promise<void> {
    const { world, replicas, nodeIds } = this.#ports;
    switch (step.type) {
      case 'start': {
        const id = actorId(step.name);
        const node = nodeId(Number(step.id));
        const known = replicas.map((each) => ({
          id: each,
          nodeId: nodeId(nodeIds.get(each) ?? 0),
        }));
        nodeIds.set(id, node);
        world.plan(0, () => {
          this.#ports.define(id, { nodeId: node, known });
          replicas.push(id);
          world.spawn(id);
        });
        break;
      }
      case 'stop':
      case 'abandon':
        world.plan(0, () => {
          world.kill(actorId(step.name), { cause: 'normal', message: 'removed' });
          replicas.splice(replicas.indexOf(actorId(step.name)), 1);
        });
        break;
      default:
        assertNever(step, 'step');
    }
    await context.sleep(1);
  }
}

function faultOf({ add, remove }: MembershipGoal): FaultKind {
  if (add === undefined) return 'member-removed';
  return remove === undefined ? 'member-added' : 'member-replaced';
}
