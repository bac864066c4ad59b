import { randomBelow, randomFraction } from '../../src/base/index.js';
import type { ActorId, Random } from '../../src/base/index.js';
import type { ElectionCause, ElectionRecord } from '../../src/protocol/index.js';
import { WALL_ORIGIN_MS } from '../../src/sim/sim-ports.js';
import type { Cluster } from './cluster.js';

/** What is known of a fault before it happens: the label of the elections that it brings about. It stays in the tests. */
export interface ElectionFault {
  readonly name: string;
  readonly cause: ElectionCause;
  /** It strikes the new leader too: that one is unseated by it, and by no rival. */
  readonly strikesAgain?: true;
  /** How often it is drawn. */
  readonly weight: number;
  /** May give back a finer label, where it brings about elections of more than one cause. */
  run(stage: Stage): Promise<Label | undefined>;
}

export type Label = (record: ElectionRecord) => ElectionCause;

export interface Stage {
  readonly cluster: Cluster;
  readonly random: Random;
  readonly leader: ActorId;
  readonly followers: readonly ActorId[];
}

/** Longer than any election timeout of the tests: ticks of 100 ms, 10 to 20 of them. */
const OUTLASTS_MS = 2300;

function between(random: Random, fromMs: number, toMs: number): number {
  return fromMs + randomFraction(random) * (toMs - fromMs);
}

function blockBoth({ cluster }: Stage, one: ActorId, others: readonly ActorId[]): void {
  for (const other of others) {
    cluster.world.network.block(one, other);
    cluster.world.network.block(other, one);
  }
}

async function kill({ cluster, random }: Stage, id: ActorId, message?: string): Promise<undefined> {
  cluster.world.kill(id, message === undefined ? undefined : { cause: 'crash', message });
  cluster.disk(id).reopen();
  await cluster.pass(between(random, 150, 800));
  cluster.world.spawn(id);
}

export const ELECTION_FAULTS: readonly ElectionFault[] = [
  {
    name: 'the leader crashes',
    cause: 'leader-crash',
    weight: 10,
    run: (stage) => kill(stage, stage.leader),
  },
  {
    name: 'the leader crashes, and then the new one',
    cause: 'leader-crash',
    strikesAgain: true,
    weight: 4,
    async run(stage): Promise<undefined> {
      const { cluster, random, leader } = stage;
      let next: ActorId | undefined;
      const downMs = between(random, 150, 800);
      const strike = (id: ActorId): void => {
        cluster.world.kill(id);
        cluster.disk(id).reopen();
        cluster.world.plan(downMs, () => {
          cluster.world.spawn(id);
        });
      };
      strike(leader);
      await cluster.pass(OUTLASTS_MS, () => {
        next = cluster.leader();
        return next !== undefined && next !== leader;
      });
      await cluster.pass(between(random, 0, 30));
      if (next !== undefined && next !== leader) strike(next);
      await cluster.pass(downMs);
    },
  },
  {
    name: 'the leader hangs, and the watchdog ends it',
    cause: 'leader-stall',
    weight: 5,
    async run(stage): Promise<undefined> {
      const { cluster, random, leader } = stage;
      cluster.world.pause(leader, 60_000);
      await cluster.pass(between(random, 200, 900));
      await kill(stage, leader, 'stalled: its loop has not turned for 800 ms');
    },
  },
  {
    name: 'the leader is stopped',
    cause: 'leader-stopped',
    weight: 5,
    async run({ cluster, random, leader }): Promise<undefined> {
      cluster.world.stop(leader, () => {
        cluster.disk(leader).reopen();
      });
      await cluster.pass(between(random, 50, 900));
      cluster.world.spawn(leader);
    },
  },
  {
    name: "the leader's event loop stands still",
    cause: 'leader-stall',
    weight: 12,
    async run({ cluster, random, leader }): Promise<undefined> {
      const ms = between(random, 1100, 3500);
      cluster.world.pause(leader, ms);
      await cluster.pass(ms);
    },
  },
  {
    name: "the leader's disk is slow",
    cause: 'slow-disk',
    weight: 12,
    async run({ cluster, random, leader }): Promise<undefined> {
      const ms = between(random, 1100, 3500);
      cluster.disk(leader).faults.syncMs = ms;
      cluster.put(leader, 'slow', 'disk');
      await cluster.pass(5);
      cluster.disk(leader).faults.syncMs = 0;
      await cluster.pass(ms);
    },
  },
  {
    name: 'the leader applies an entry slowly',
    cause: 'slow-apply',
    weight: 10,
    async run({ cluster, random, leader }): Promise<undefined> {
      const ms = between(random, 1100, 3500);
      const machine = cluster.machine(leader);
      const apply = machine.apply.bind(machine);
      machine.apply = (...entry) => {
        machine.apply = apply;
        cluster.world.charge(leader, ms);
        return apply(...entry);
      };
      cluster.put(leader, 'slow', 'apply');
      await cluster.pass(5 + ms);
    },
  },
  {
    name: 'the leader is cut off',
    cause: 'partition',
    weight: 12,
    async run(stage): Promise<undefined> {
      const { cluster, random, leader, followers } = stage;
      blockBoth(stage, leader, followers);
      await cluster.pass(between(random, OUTLASTS_MS, 3500));
      cluster.world.network.healPartitions();
    },
  },
  {
    name: 'what the leader sends is lost',
    cause: 'partition',
    weight: 6,
    async run({ cluster, random, leader, followers }): Promise<undefined> {
      for (const follower of followers) cluster.world.network.block(leader, follower);
      await cluster.pass(between(random, OUTLASTS_MS, 3500));
      cluster.world.network.healPartitions();
    },
  },
  {
    name: 'what is sent to the leader is lost',
    cause: 'partition',
    weight: 6,
    async run({ cluster, random, leader, followers }): Promise<undefined> {
      for (const follower of followers) cluster.world.network.block(follower, leader);
      await cluster.pass(between(random, OUTLASTS_MS, 3500));
      cluster.world.network.healPartitions();
    },
  },
  {
    name: 'a follower is cut off, and asks in vain',
    cause: 'partition',
    weight: 6,
    async run(stage): Promise<undefined> {
      const { cluster, random, leader, followers } = stage;
      const cut = followers[randomBelow(random, followers.length)] as ActorId;
      const rest = [leader, ...followers].filter((id) => id !== cut);
      blockBoth(stage, cut, rest);
      await cluster.pass(between(random, OUTLASTS_MS, 3500));
      cluster.world.network.healPartitions();
    },
  },
  {
    name: 'both followers crash, and come back late',
    cause: 'quorum-lost',
    weight: 5,
    async run({ cluster, random, followers }): Promise<undefined> {
      for (const id of followers) {
        cluster.world.kill(id);
        cluster.disk(id).reopen();
      }
      await cluster.pass(between(random, OUTLASTS_MS, 3500));
      for (const id of followers) cluster.world.spawn(id);
    },
  },
  {
    name: 'both followers stand still',
    cause: 'lagging-replica',
    weight: 5,
    async run({ cluster, random, followers }): Promise<undefined> {
      const ms = between(random, OUTLASTS_MS, 3500);
      for (const id of followers) cluster.world.pause(id, ms);
      await cluster.pass(ms);
    },
  },
  {
    name: 'the disks of both followers are slow',
    cause: 'lagging-replica',
    weight: 4,
    async run({ cluster, random, leader, followers }): Promise<undefined> {
      const ms = between(random, OUTLASTS_MS, 3500);
      for (const id of followers) cluster.disk(id).faults.syncMs = ms;
      cluster.put(leader, 'slow', 'disks');
      await cluster.pass(5);
      for (const id of followers) cluster.disk(id).faults.syncMs = 0;
      await cluster.pass(ms);
    },
  },
  {
    name: 'all start again',
    cause: 'cluster-start',
    weight: 6,
    async run({ cluster, random, leader, followers }): Promise<undefined> {
      const all = [leader, ...followers];
      for (const id of all) {
        cluster.world.kill(id);
        cluster.disk(id).reopen();
      }
      await cluster.pass(10);
      for (const id of all) {
        cluster.world.spawn(id);
        await cluster.pass(between(random, 0, 40));
      }
    },
  },
  {
    name: 'a replica comes back with a higher term',
    cause: 'term-raised',
    weight: 4,
    run: raiseTerm,
  },
];

/**
 * The leader stands still until a follower has won its pre-vote; that one is cut off with its next breath, so that nobody
 * hears of the term that it has raised. The leader goes on, and then the other comes back.
 */
async function raiseTerm(stage: Stage): Promise<Label> {
  const { cluster, leader, followers } = stage;
  const { world } = cluster;
  let raised: ActorId | undefined;
  await cluster.pass(OUTLASTS_MS, () => {
    world.pause(leader, 120);
    raised = followers.find((id) => cluster.status(id)?.role === 'pre-candidate');
    return raised !== undefined;
  });
  if (raised === undefined) throw new Error('nobody asked for votes');
  // Its question is on its way; what it sends from now on gets lost, and what is sent to it does not.
  await cluster.pass(0.01);
  for (const other of [leader, ...followers]) world.network.block(raised, other);
  await cluster.pass(5);
  world.network.block(leader, raised);
  await cluster.pass(400);
  // A heartbeat later those have given up that asked for votes meanwhile.
  const overMs = WALL_ORIGIN_MS + world.nowMs + 110;
  world.network.healPartitions();
  // The campaign that raised the term, and those that gave up when the leader went on, came of the stall.
  return ({ outcome, electedAt }) =>
    outcome === 'not-elected' || Date.parse(electedAt) < overMs ? 'leader-stall' : 'term-raised';
}
