import { drainPromises } from '../../src/io/pool/index.js';
import type { runSimulation, SimulationResult } from '../../src/sim/index.js';

export interface SeedTask {
  readonly seed: number;
  /** The room's index: the real one, or a copy with a planted bug. */
  readonly simulation: string;
}

/** One simulation, in a thread of the pool. */
export default async function runSeed({ seed, simulation }: SeedTask): Promise<SimulationResult> {
  const room = (await import(simulation)) as { runSimulation: typeof runSimulation };
  return new Promise((resolve) => {
    room.runSimulation({ seed, drain: drainPromises }, resolve);
  });
}
