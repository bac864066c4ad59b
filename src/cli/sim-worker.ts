import { runSimulation, type SimulationResult } from '../sim/index.js';

/** One seed, in a thread of the pool. Each event of virtual time gets a macrotask of its own. */
export default function runSeed(seed: number): Promise<SimulationResult> {
  return new Promise((resolve) => {
    runSimulation({ seed, drain: (resume) => void setImmediate(resume) }, resolve);
  });
}
