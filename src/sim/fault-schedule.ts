import {
  assertNever,
  randomBelow,
  randomChance,
  randomFraction,
  randomPick,
} from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import { drawMix, drawStrike } from './fault-kinds.js';
import type { FaultCounts, FaultMix, Strike } from './fault-kinds.js';
import { SECTOR_BYTES } from './sim-disk.js';
import type { SimDisk } from './sim-disk.js';
import type { SimWorld } from './sim-world.js';

export interface FaultPorts {
  readonly world: SimWorld;
  readonly random: Random;
  /** Now. */
  readonly replicas: readonly ActorId[];
  disk(id: ActorId): SimDisk;
  /** The replica whose files may rot: only a minority does. */
  readonly rotting: ActorId;
  /** Places in a file where damage must be noticed: before the last batch. 0: none. */
  damageableBytes(id: ActorId, path: string): number;
  leader(): ActorId | undefined;
  /** Shifts a replica's wall clock. */
  jumpClock(id: ActorId, ms: number): void;
  readonly counts: FaultCounts;
}

/** A power loss of all: nobody comes back before everybody is down. */
interface Blackout {
  readonly lostOn: Set<ActorId>;
}

const BLACKOUT_MS = 400;
const CALM_LINKS = { lossProbability: 0, reorderProbability: 0, duplicateProbability: 0 };

/** Strikes at random moments until `heal` is called; then everything comes back and stays. */
export class FaultSchedule {
  readonly #ports: FaultPorts;
  readonly #mix: FaultMix;
  #blackout: Blackout | undefined;
  /** The next replica that votes crashes. */
  #voterCrashes = false;
  #healed = false;

  constructor(ports: FaultPorts) {
    this.#ports = ports;
    this.#mix = drawMix(ports.random);
  }

  start(): void {
    this.#next();
  }

  heal(): void {
    this.#healed = true;
    this.#blackout = undefined;
    this.#voterCrashes = false;
    const { world, replicas } = this.#ports;
    world.network.calm();
    for (const id of replicas) {
      this.#mendDisk(id);
      this.#ports.disk(id).faults.syncMs = 0;
      if (world.life(id) === undefined) this.restart(id, 0);
    }
  }

  /** A replica's life ended by itself: its disk loses what was not synced, and it comes back later. */
  crashed(id: ActorId, powerLoss: boolean): void {
    if (powerLoss) this.#ports.counts['power-loss']++;
    this.#crashDisk(id);
    this.restart(id);
  }

  /**
   * A replica has just entered a term without a leader: it has probably voted. It may crash, and come back when its candidate
   * can no longer be heard, while somebody else campaigns: then only its disk knows of the vote.
   */
  enteredTerm(id: ActorId, candidate: ActorId): void {
    if (!this.#voterCrashes) return;
    this.#voterCrashes = false;
    this.#ports.counts['crash-after-vote']++;
    const { world, random } = this.#ports;
    world.plan(0, () => {
      if (this.#healed || world.life(id) === undefined) return;
      world.kill(id);
      this.#crashDisk(id);
      this.restart(id, 5 + randomBelow(random, 60));
    });
    world.plan(1 + randomBelow(random, 3), () => {
      if (!this.#healed) this.#partition('symmetric-partition', candidate);
    });
  }

  restart(id: ActorId, delayMs = this.#downMs()): void {
    const { world, replicas } = this.#ports;
    world.plan(delayMs, () => {
      // Who was removed meanwhile has nobody who would start it.
      if (world.life(id) !== undefined || !replicas.includes(id)) return;
      if (this.#blackout !== undefined) {
        this.restart(id);
        return;
      }
      if (!this.#healed) this.#rot(id);
      this.#mendDisk(id);
      world.spawn(id);
    });
  }

  /** Often short, so that what a vote or a lease was given for is still going on. */
  #downMs(): number {
    const { random } = this.#ports;
    return 10 + randomBelow(random, randomChance(random, 0.5) ? 100 : 1500);
  }

  /** A third of the strikes follow at once, since much goes wrong only while something else is wrong already. */
  #next(): void {
    const { world, random } = this.#ports;
    const soon = randomChance(random, 0.33);
    world.plan(randomFraction(random) * (soon ? 200 : 2 * this.#mix.strikeMs), () => {
      if (this.#healed) return;
      this.#strike(drawStrike(random, this.#mix), randomPick(random, this.#ports.replicas));
      this.#next();
    });
  }

  #strike(strike: Strike, id: ActorId): void {
    const { counts, random } = this.#ports;
    const { faults } = this.#ports.disk(id);
    switch (strike) {
      case 'crash':
        if (this.#kill(id)) counts.crash++;
        return;
      case 'crash-of-all':
        counts['crash-of-all']++;
        for (const each of this.#ports.replicas) this.#kill(each);
        return;
      case 'crash-after-vote':
        // Counted when there is a vote; the leader's end brings one.
        this.#voterCrashes = true;
        this.#kill(this.#ports.leader() ?? id);
        return;
      case 'power-loss':
        // Within one of the next calls to the disk, so that writes are torn. Counted when it happens.
        faults.powerLossAfterCalls = 1 + randomBelow(random, 6);
        return;
      case 'power-loss-of-all':
        this.#beginBlackout();
        return;
      case 'stop':
        this.#stop(id);
        return;
      case 'pause':
        counts.pause++;
        this.#ports.world.pause(id, 50 + randomBelow(random, 3000));
        return;
      case 'symmetric-partition':
      case 'asymmetric-partition':
      case 'ring-partition':
      case 'bridge-partition':
        // A leader that is cut off is the harder case.
        this.#partition(
          strike,
          (randomChance(random, 0.5) ? this.#ports.leader() : undefined) ?? id,
        );
        return;
      case 'loss':
        this.#disturbLinks({ lossProbability: randomFraction(random) * 0.4 });
        return;
      case 'duplication':
        this.#disturbLinks({ duplicateProbability: randomFraction(random) * 0.4 });
        return;
      case 'reordering':
        this.#disturbLinks({ reorderProbability: randomFraction(random) * 0.5 });
        return;
      case 'slow-disk':
        this.#slowDisk(id);
        return;
      case 'failed-sync':
        counts['failed-sync']++;
        faults.failingSyncs = 1;
        return;
      case 'failed-write':
        counts['failed-write']++;
        faults.failingWrites = 1;
        return;
      case 'clock-jump': {
        counts['clock-jump']++;
        const hours = randomFraction(random) * 48 - 24;
        this.#ports.jumpClock(id, hours * 3_600_000);
        return;
      }
      default:
        assertNever(strike, 'fault');
    }
  }

  /** Of the process; half of the time the machine dies with it. */
  #kill(id: ActorId): boolean {
    const { world, random } = this.#ports;
    if (world.life(id) === undefined) return false;
    world.kill(id);
    if (randomChance(random, 0.5)) this.#crashDisk(id);
    else this.#ports.disk(id).reopen();
    this.restart(id);
    return true;
  }

  #crashDisk(id: ActorId): void {
    const disk = this.#ports.disk(id);
    const { counts } = this.#ports;
    const before = { ...disk.counts };
    disk.crash();
    if (disk.counts.tornSectors > before.tornSectors) counts['torn-write']++;
    if (disk.counts.droppedBytes === before.droppedBytes) return;
    counts['lost-unsynced-write']++;
    this.#blackout?.lostOn.add(id);
  }

  /** Each replica dies within its next write, so that all lose the same one; those that write nothing are killed. */
  #beginBlackout(): void {
    const { world, replicas, counts, random } = this.#ports;
    if (this.#blackout !== undefined) return;
    counts['power-loss-of-all']++;
    const blackout: Blackout = { lostOn: new Set() };
    this.#blackout = blackout;
    for (const id of replicas)
      this.#ports.disk(id).faults.powerLossAfterCalls = 1 + randomBelow(random, 2);
    world.plan(BLACKOUT_MS, () => {
      if (this.#blackout !== blackout) return;
      for (const id of replicas) {
        if (world.life(id) === undefined) continue;
        world.kill(id);
        this.#crashDisk(id);
        this.restart(id);
      }
      if (blackout.lostOn.size === replicas.length) counts['lost-unsynced-write-on-all']++;
      this.#blackout = undefined;
    });
  }

  #stop(id: ActorId): void {
    const { world, counts } = this.#ports;
    if (world.life(id) === undefined) return;
    counts.stop++;
    world.stop(id, () => {
      this.#ports.disk(id).reopen();
      this.restart(id);
    });
  }

  /**
   * Symmetric: one is alone. Asymmetric: it is not heard, or does not hear. Ring: each hears only the one before it.
   * Bridge: one hears all, the others only that one.
   */
  #partition(kind: Extract<Strike, `${string}-partition`>, id: ActorId): void {
    const { world, random, replicas, counts } = this.#ports;
    counts[kind]++;
    const mute = randomChance(random, 0.5);
    const hears = (to: ActorId, from: ActorId): boolean => {
      switch (kind) {
        case 'symmetric-partition':
          return to !== id && from !== id;
        case 'asymmetric-partition':
          return mute ? from !== id : to !== id;
        case 'ring-partition':
          return replicas.indexOf(to) === (replicas.indexOf(from) + 1) % replicas.length;
        case 'bridge-partition':
          return to === id || from === id;
      }
    };
    for (const from of replicas) {
      for (const to of replicas) if (from !== to && !hears(to, from)) world.network.block(from, to);
    }
    world.plan(200 + randomBelow(random, 4000), () => {
      world.network.healPartitions();
    });
  }

  /** What came of it is counted by the network. */
  #disturbLinks(faults: Partial<typeof CALM_LINKS>): void {
    const { world, random } = this.#ports;
    Object.assign(world.network.faults, faults);
    world.plan(300 + randomBelow(random, 3000), () => {
      Object.assign(world.network.faults, CALM_LINKS);
    });
  }

  #slowDisk(id: ActorId): void {
    const { world, random, counts } = this.#ports;
    counts['slow-disk']++;
    const { faults } = this.#ports.disk(id);
    faults.syncMs = randomBelow(random, 60);
    world.plan(200 + randomBelow(random, 2000), () => {
      faults.syncMs = 0;
    });
  }

  #mendDisk(id: ActorId): void {
    Object.assign(this.#ports.disk(id).faults, {
      powerLossAfterCalls: 0,
      failingSyncs: 0,
      failingWrites: 0,
    });
  }

  /** While it is down, the rotting replica's files may change: a bit, or a sector that was written elsewhere. */
  #rot(id: ActorId): void {
    const { random, rotting, counts } = this.#ports;
    if (id !== rotting || !randomChance(random, this.#mix.rotProbability)) return;
    const disk = this.#ports.disk(id);
    const places = disk
      .files()
      .map(({ path }) => ({ path, bytes: this.#ports.damageableBytes(id, path) }))
      .filter(({ bytes }) => bytes > 0);
    if (places.length === 0) return;
    const { path, bytes } = randomPick(random, places);
    const sectors = Math.floor(bytes / SECTOR_BYTES);
    if (sectors > 1 && randomChance(random, 0.5)) {
      const from = randomBelow(random, sectors);
      disk.misdirect(path, from, (from + 1 + randomBelow(random, sectors - 1)) % sectors);
      counts['misdirected-write']++;
    } else if (disk.flipBit(path, randomBelow(random, bytes), randomBelow(random, 8)))
      counts['flipped-bit']++;
  }
}
