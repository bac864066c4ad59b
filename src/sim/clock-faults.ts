import { randomBelow, randomChance, randomFraction } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import type { FaultPorts } from './fault-ports.js';

const HOUR_MS = 3_600_000;

/** People's clocks jump either way. The monotonic one only leaps forward: the process was suspended, or its machine slept. */
export class ClockFaults {
  readonly #ports: FaultPorts;

  constructor(ports: FaultPorts) {
    this.#ports = ports;
  }

  jump(id: ActorId): void {
    const { counts, random } = this.#ports;
    counts['clock-jump']++;
    this.#ports.shiftWallClock(id, (randomFraction(random) * 48 - 24) * HOUR_MS);
  }

  /** All actors have one clock, but one may look at it before the others: what they still wait for is long due with it. */
  leapOfOne(id: ActorId): void {
    const { counts, random, world } = this.#ports;
    counts['monotonic-jump']++;
    const ms = 100 + randomBelow(random, randomChance(random, 0.5) ? 2000 : 20_000);
    this.#ports.leapt(ms);
    world.jumpClock(id, ms);
    world.plan(10 + randomBelow(random, 2000), () => {
      this.#ports.leapt(ms);
      world.jumpClocks(ms, id);
    });
  }

  /** A night asleep, or a moment: whatever somebody waits for is due at once. */
  leapOfAll(): void {
    const { counts, random, world } = this.#ports;
    counts['monotonic-jump-of-all']++;
    const ms = 100 + randomFraction(random) * (randomChance(random, 0.5) ? 5000 : 8 * HOUR_MS);
    this.#ports.leapt(ms);
    world.jumpClocks(ms);
  }
}
