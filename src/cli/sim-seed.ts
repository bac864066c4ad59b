import { runSimulation, type SimulationResult } from '../sim/index.js';

/** One seed. Each event of virtual time gets a macrotask of its own. */
export function runSeed(seed: number): Promise<SimulationResult> {
  return new Promise((resolve) => {
    runSimulation({ seed, drain: (resume) => void setImmediate(resume) }, resolve);
  });
}
