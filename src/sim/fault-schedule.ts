import { randomBelow, randomChance, randomFraction, randomPick } from '../base/index.js';
import type { ActorId, Random } from '../base/index.js';
import type { SimDisk } from './sim-disk.js';
import type { SimWorld } from './sim-world.js';

/** How often each fault struck. */
export interface FaultCounts {
  kills: number;
  powerLosses: number;
  crashesOfAll: number;
  stops: number;
  pauses: number;
  partitions: number;
  lossyPhases: number;
  slowDisks: number;
  failedSyncs: number;
  flippedBits: number;
}

export function noFaults(): FaultCounts {
  return {
    kills: 0,
    powerLosses: 0,
    crashesOfAll: 0,
    stops: 0,
    pauses: 0,
    partitions: 0,
    lossyPhases: 0,
    slowDisks: 0,
    failedSyncs: 0,
    flippedBits: 0,
  };
}

export interface FaultPorts {
  readonly world: SimWorld;
  readonly random: Random;
  readonly replicas: readonly ActorId[];
  disk(id: ActorId): SimDisk;
  /** The replica whose files may rot: only a minority does. */
  readonly rotting: ActorId;
  /** Places in a file where damage must be noticed: before the last batch. 0: none. */
  flippableBytes(id: ActorId, path: string): number;
  readonly counts: FaultCounts;
}

/** Strikes at random moments until `heal` is called; then everything comes back and stays. */
export class FaultSchedule {
  readonly #ports: FaultPorts;
  #healed = false;

  constructor(ports: FaultPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#next();
  }

  heal(): void {
    this.#healed = true;
    const { world, replicas } = this.#ports;
    world.network.calm();
    for (const id of replicas) {
      Object.assign(this.#ports.disk(id).faults, {
        powerLossAfterCalls: 0,
        failingSyncs: 0,
        syncMs: 0,
      });
      if (world.life(id) === undefined) this.restart(id, 0);
    }
  }

  /** A replica's life ended by itself: its disk loses what was not synced, and it comes back later. */
  crashed(id: ActorId): void {
    this.#ports.disk(id).crash();
    this.restart(id);
  }

  restart(id: ActorId, delayMs = 20 + randomBelow(this.#ports.random, 1500)): void {
    const { world } = this.#ports;
    world.plan(delayMs, () => {
      if (world.life(id) !== undefined) return;
      if (!this.#healed) this.#rot(id);
      Object.assign(this.#ports.disk(id).faults, { powerLossAfterCalls: 0, failingSyncs: 0 });
      world.spawn(id);
    });
  }

  #next(): void {
    const { world, random } = this.#ports;
    world.plan(50 + randomBelow(random, 700), () => {
      if (this.#healed) return;
      this.#strike();
      this.#next();
    });
  }

  #strike(): void {
    const { random, replicas, counts } = this.#ports;
    const id = randomPick(random, replicas);
    const draw = randomFraction(random);
    if (draw < 0.22) this.#kill(id);
    else if (draw < 0.36) this.#losePower(id);
    else if (draw < 0.42) this.#crashAll();
    else if (draw < 0.48) this.#stop(id);
    else if (draw < 0.6) this.#pause(id);
    else if (draw < 0.78) this.#partition(id);
    else if (draw < 0.9) this.#lossyPhase();
    else if (draw < 0.96) this.#slowDisk(id);
    else {
      counts.failedSyncs++;
      this.#ports.disk(id).faults.failingSyncs = 1;
    }
  }

  #kill(id: ActorId): void {
    const { world, random, counts } = this.#ports;
    if (world.life(id) === undefined) return;
    counts.kills++;
    world.kill(id);
    if (randomChance(random, 0.5)) this.#ports.disk(id).crash();
    else this.#ports.disk(id).reopen();
    this.restart(id);
  }

  /** Within one of the next calls to the disk, so that writes are torn. */
  #losePower(id: ActorId): void {
    this.#ports.disk(id).faults.powerLossAfterCalls = 1 + randomBelow(this.#ports.random, 6);
  }

  #crashAll(): void {
    this.#ports.counts.crashesOfAll++;
    for (const id of this.#ports.replicas) {
      if (this.#ports.world.life(id) === undefined) continue;
      if (randomChance(this.#ports.random, 0.5))
        this.#ports.disk(id).faults.powerLossAfterCalls = 1 + randomBelow(this.#ports.random, 3);
      else this.#kill(id);
    }
  }

  #stop(id: ActorId): void {
    const { world, counts } = this.#ports;
    if (world.life(id) === undefined) return;
    counts.stops++;
    world.stop(id, () => {
      this.#ports.disk(id).reopen();
      this.restart(id);
    });
  }

  #pause(id: ActorId): void {
    this.#ports.counts.pauses++;
    this.#ports.world.pause(id, 50 + randomBelow(this.#ports.random, 3000));
  }

  #partition(id: ActorId): void {
    const { world, random, replicas, counts } = this.#ports;
    counts.partitions++;
    const kind = randomBelow(random, 3);
    for (const other of replicas) {
      if (other === id) continue;
      if (kind !== 1) world.network.block(id, other);
      if (kind !== 2) world.network.block(other, id);
    }
    world.plan(200 + randomBelow(random, 3000), () => {
      world.network.healPartitions();
    });
  }

  #lossyPhase(): void {
    const { world, random, counts } = this.#ports;
    counts.lossyPhases++;
    Object.assign(world.network.faults, {
      lossProbability: randomFraction(random) * 0.3,
      reorderProbability: randomFraction(random) * 0.3,
      duplicateProbability: randomFraction(random) * 0.1,
    });
    const calm = { lossProbability: 0, reorderProbability: 0, duplicateProbability: 0 };
    world.plan(300 + randomBelow(random, 2500), () => {
      Object.assign(world.network.faults, calm);
    });
  }

  #slowDisk(id: ActorId): void {
    const { world, random, counts } = this.#ports;
    counts.slowDisks++;
    const { faults } = this.#ports.disk(id);
    faults.syncMs = randomBelow(random, 60);
    world.plan(200 + randomBelow(random, 2000), () => {
      faults.syncMs = 0;
    });
  }

  /** While it is down, one bit of the rotting replica's files may flip. */
  #rot(id: ActorId): void {
    const { random, rotting, counts } = this.#ports;
    if (id !== rotting || !randomChance(random, 0.3)) return;
    const disk = this.#ports.disk(id);
    const files = disk.files().filter((file) => this.#ports.flippableBytes(id, file.path) > 0);
    if (files.length === 0) return;
    const { path } = randomPick(random, files);
    const byte = randomBelow(random, this.#ports.flippableBytes(id, path));
    if (disk.flipBit(path, byte, randomBelow(random, 8))) counts.flippedBits++;
  }
}
