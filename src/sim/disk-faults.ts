import { randomBelow, randomChance, randomPick } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { FaultPorts } from './fault-ports.js';
import { SECTOR_BYTES } from './sim-file.js';

/** What disks do to replicas: lose what was not synced, fail, are slow, and rot. */
export class DiskFaults {
  readonly #ports: FaultPorts;
  readonly #rotProbability: number;

  constructor(ports: FaultPorts, rotProbability: number) {
    this.#ports = ports;
    this.#rotProbability = rotProbability;
  }

  /** The machine is gone. True: something was lost. */
  crash(id: ActorId): boolean {
    const disk = this.#ports.disk(id);
    const { counts } = this.#ports;
    const before = { ...disk.counts };
    disk.crash();
    if (disk.counts.tornSectors > before.tornSectors) counts['torn-write']++;
    const lost = disk.counts.droppedBytes > before.droppedBytes;
    if (lost) counts['lost-unsynced-write']++;
    return lost;
  }

  /** Within one of the next calls, so that writes are torn. Counted when it happens. */
  powerLossSoon(id: ActorId, callsMax: number): void {
    this.#ports.disk(id).faults.powerLossAfterCalls = 1 + randomBelow(this.#ports.random, callsMax);
  }

  failSync(id: ActorId): void {
    this.#ports.counts['failed-sync']++;
    this.#ports.disk(id).faults.failingSyncs = 1;
  }

  failWrite(id: ActorId): void {
    this.#ports.counts['failed-write']++;
    this.#ports.disk(id).faults.failingWrites = 1;
  }

  slow(id: ActorId): void {
    const { world, random, counts } = this.#ports;
    counts['slow-disk']++;
    const { faults } = this.#ports.disk(id);
    faults.syncMs = randomBelow(random, 60);
    world.plan(200 + randomBelow(random, 2000), () => {
      faults.syncMs = 0;
    });
  }

  /** For as long as a leader needs to hand over, or less. */
  fill(id: ActorId): void {
    const { world, random, counts } = this.#ports;
    counts['full-disk']++;
    const { faults } = this.#ports.disk(id);
    faults.full = true;
    world.plan(500 + randomBelow(random, 6000), () => {
      faults.full = false;
    });
  }

  /** What was to fail does not. */
  mend(id: ActorId): void {
    Object.assign(this.#ports.disk(id).faults, {
      powerLossAfterCalls: 0,
      failingSyncs: 0,
      failingWrites: 0,
    });
  }

  heal(id: ActorId): void {
    this.mend(id);
    Object.assign(this.#ports.disk(id).faults, { syncMs: 0, full: false });
  }

  /** While it is down, the rotting replica's files may change: a bit, or a sector that was written elsewhere. */
  rot(id: ActorId): void {
    const { random, rotting, counts } = this.#ports;
    if (id !== rotting || !randomChance(random, this.#rotProbability)) return;
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
