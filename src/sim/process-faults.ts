import { randomBelow, randomChance } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { DiskFaults } from './disk-faults.js';
import type { FaultPorts } from './fault-ports.js';
import type { LinkFaults } from './link-faults.js';

/** A power loss of all: nobody comes back before everybody is down. */
interface Blackout {
  readonly lostOn: Set<ActorId>;
}

const BLACKOUT_MS = 400;

/** How lives end, and when the next ones begin. */
export class ProcessFaults {
  readonly #ports: FaultPorts;
  readonly #disks: DiskFaults;
  readonly #links: LinkFaults;
  #blackout: Blackout | undefined;
  /** The next replica that votes crashes. */
  #voterCrashes = false;
  #healed = false;

  constructor(ports: FaultPorts, disks: DiskFaults, links: LinkFaults) {
    this.#ports = ports;
    this.#disks = disks;
    this.#links = links;
  }

  /** Everybody comes back and stays. */
  heal(): void {
    this.#healed = true;
    this.#blackout = undefined;
    this.#voterCrashes = false;
    const { world, replicas, clients } = this.#ports;
    for (const id of replicas) if (world.life(id) === undefined) this.#restart(id, 0);
    for (const id of clients) if (world.life(id) === undefined) this.#restartClient(id, 0);
  }

  crash(id: ActorId): void {
    if (this.#kill(id)) this.#ports.counts.crash++;
  }

  crashAll(): void {
    this.#ports.counts['crash-of-all']++;
    for (const id of this.#ports.replicas) this.#kill(id);
  }

  /** The leader's end brings a vote, and that brings the fault: it is counted then. */
  crashAfterVote(id: ActorId): void {
    this.#voterCrashes = true;
    this.#kill(this.#ports.leader() ?? id);
  }

  /** With its calls outstanding, whose outcomes nobody will know. A new life goes on. */
  crashClient(id: ActorId): void {
    const { world, counts, random } = this.#ports;
    if (world.life(id) === undefined) return;
    counts['client-crash']++;
    world.kill(id);
    this.#restartClient(id, 5 + randomBelow(random, 1000));
  }

  /** A replica's life ended by itself: its disk loses what was not synced, and it comes back later. */
  crashed(id: ActorId, powerLoss: boolean): void {
    if (powerLoss) this.#ports.counts['power-loss']++;
    this.#crashDisk(id);
    this.#restart(id);
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
      this.#restart(id, 5 + randomBelow(random, 60));
    });
    world.plan(1 + randomBelow(random, 3), () => {
      if (!this.#healed) this.#links.partition('symmetric-partition', candidate);
    });
  }

  /** Each replica dies within its next write, so that all lose the same one; those that write nothing are killed. */
  blackOut(): void {
    const { world, replicas, counts } = this.#ports;
    if (this.#blackout !== undefined) return;
    counts['power-loss-of-all']++;
    const blackout: Blackout = { lostOn: new Set() };
    this.#blackout = blackout;
    for (const id of replicas) this.#disks.powerLossSoon(id, 2);
    world.plan(BLACKOUT_MS, () => {
      if (this.#blackout !== blackout) return;
      for (const id of replicas) {
        if (world.life(id) === undefined) continue;
        world.kill(id);
        this.#crashDisk(id);
        this.#restart(id);
      }
      if (blackout.lostOn.size === replicas.length) counts['lost-unsynced-write-on-all']++;
      this.#blackout = undefined;
    });
  }

  stop(id: ActorId): void {
    const { world, counts } = this.#ports;
    const stopping = world.stop(id, () => {
      this.#ports.disk(id).reopen();
      this.#restart(id);
    });
    if (stopping) counts.stop++;
  }

  pause(id: ActorId): void {
    const { world, counts, random } = this.#ports;
    counts.pause++;
    world.pause(id, 50 + randomBelow(random, 3000));
  }

  #restart(id: ActorId, delayMs = this.#downMs()): void {
    const { world, replicas } = this.#ports;
    world.plan(delayMs, () => {
      // Who was removed meanwhile has nobody who would start it.
      if (world.life(id) !== undefined || !replicas.includes(id)) return;
      if (this.#blackout !== undefined) {
        this.#restart(id);
        return;
      }
      if (!this.#healed) this.#disks.rot(id);
      this.#disks.mend(id);
      world.spawn(id);
    });
  }

  #restartClient(id: ActorId, delayMs: number): void {
    const { world } = this.#ports;
    world.plan(delayMs, () => {
      if (world.life(id) === undefined) world.spawn(id);
    });
  }

  /** Often short, so that what a vote or a lease was given for is still going on. */
  #downMs(): number {
    const { random } = this.#ports;
    return 10 + randomBelow(random, randomChance(random, 0.5) ? 100 : 1500);
  }

  /** Of the process; half of the time the machine dies with it. */
  #kill(id: ActorId): boolean {
    const { world, random } = this.#ports;
    if (world.life(id) === undefined) return false;
    world.kill(id);
    if (randomChance(random, 0.5)) this.#crashDisk(id);
    else this.#ports.disk(id).reopen();
    this.#restart(id);
    return true;
  }

  #crashDisk(id: ActorId): void {
    if (this.#disks.crash(id)) this.#blackout?.lostOn.add(id);
  }
}
