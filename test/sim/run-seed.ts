import { runSimulation } from '../../src/sim/index.js';
import type { SimulationResult } from '../../src/sim/index.js';

/** One simulation on this thread's event loop. */
export function runSeed(seed: number): Promise<SimulationResult> {
  return new Promise((resolve) => {
    runSimulation({ seed, drain: (resume) => void setImmediate(resume) }, resolve);
  });
}

export function replayCommand(seed: number): string {
  return `kubactor sim run --seed ${String(seed)}`;
}
