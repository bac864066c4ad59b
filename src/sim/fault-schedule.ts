import { assertNever, randomChance, randomFraction, randomPick } from '../base/index.js';
import type { ActorId } from '../base/index.js';
import { ClockFaults } from './clock-faults.js';
import { DiskFaults } from './disk-faults.js';
import { drawMix, drawStrike } from './fault-kinds.js';
import type { FaultMix, Strike } from './fault-kinds.js';
import type { FaultPorts } from './fault-ports.js';
import { LinkFaults } from './link-faults.js';
import { ProcessFaults } from './process-faults.js';

/** Strikes at random moments until `heal` is called; then everything comes back and stays. */
export class FaultSchedule {
  readonly processes: ProcessFaults;
  readonly #ports: FaultPorts;
  readonly #mix: FaultMix;
  readonly #disks: DiskFaults;
  readonly #links: LinkFaults;
  readonly #clocks: ClockFaults;
  #spoiled = false;
  #healed = false;

  constructor(ports: FaultPorts) {
    this.#ports = ports;
    this.#mix = drawMix(ports.random);
    this.#disks = new DiskFaults(ports, this.#mix.rotProbability);
    this.#links = new LinkFaults(ports);
    this.#clocks = new ClockFaults(ports);
    this.processes = new ProcessFaults(ports, this.#disks, this.#links);
  }

  /** A third of the strikes follow at once, since much goes wrong only while something else is wrong already. */
  start(): void {
    const { world, random } = this.#ports;
    const soon = randomChance(random, 0.33);
    world.plan(randomFraction(random) * (soon ? 200 : 2 * this.#mix.strikeMs), () => {
      if (this.#healed) return;
      this.#strike(drawStrike(random, this.#mix), randomPick(random, this.#ports.replicas));
      this.start();
    });
  }

  heal(): void {
    this.#healed = true;
    this.#ports.world.network.calm();
    for (const id of this.#ports.replicas) this.#disks.heal(id);
    this.processes.heal();
  }

  #strike(strike: Strike, id: ActorId): void {
    const { random, clients } = this.#ports;
    switch (strike) {
      case 'crash':
        this.processes.crash(id);
        return;
      case 'crash-of-all':
        this.processes.crashAll();
        return;
      case 'crash-after-vote':
        this.processes.crashAfterVote(id);
        return;
      case 'client-crash':
        this.processes.crashClient(randomPick(random, clients));
        return;
      case 'power-loss':
        this.#disks.powerLossSoon(id, 6);
        return;
      case 'power-loss-of-all':
        this.processes.blackOut();
        return;
      case 'stop':
        this.processes.stop(id);
        return;
      case 'pause':
        this.processes.pause(id);
        return;
      case 'symmetric-partition':
      case 'asymmetric-partition':
      case 'ring-partition':
      case 'bridge-partition':
        // A leader that is cut off is the harder case.
        this.#links.partition(
          strike,
          (randomChance(random, 0.5) ? this.#ports.leader() : undefined) ?? id,
        );
        return;
      case 'loss':
        this.#links.disturb({ lossProbability: randomFraction(random) * 0.4 });
        return;
      case 'duplication':
        this.#links.disturb({ duplicateProbability: randomFraction(random) * 0.4 });
        return;
      case 'reordering':
        this.#links.disturb({ reorderProbability: randomFraction(random) * 0.5 });
        return;
      case 'slow-disk':
        this.#disks.slow(id);
        return;
      case 'full-disk':
        // A leader that cannot write is the harder case.
        this.#disks.fill((randomChance(random, 0.5) ? this.#ports.leader() : undefined) ?? id);
        return;
      case 'failed-sync':
        this.#disks.failSync(id);
        return;
      case 'failed-write':
        this.#disks.failWrite(id);
        return;
      case 'clock-jump':
        this.#clocks.jump(id);
        return;
      case 'monotonic-jump':
        this.#clocks.leapOfOne(id);
        return;
      case 'monotonic-jump-of-all':
        this.#clocks.leapOfAll();
        return;
      case 'wrong-state':
        this.#spoil();
        return;
      default:
        assertNever(strike, 'fault');
    }
  }

  /** Once in a seed: the replica that it hits serves nothing from when it is found until it has begun anew. */
  #spoil(): void {
    const { rotting, counts } = this.#ports;
    if (this.#spoiled || !this.#ports.spoilState(rotting)) return;
    this.#spoiled = true;
    counts['wrong-state']++;
  }
}
