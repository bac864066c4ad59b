import { drainPromises } from '../io/pool/index.js';
import { runSimulation, type SimulationResult } from '../sim/index.js';

/** One seed: nothing in it waits for the world, so that it never gives way to the event loop. */
export function runSeed(seed: number): Promise<SimulationResult> {
  return new Promise((resolve) => {
    runSimulation({ seed, drain: drainPromises }, resolve);
  });
}
