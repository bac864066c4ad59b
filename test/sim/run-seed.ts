import { runSimulation } from '../../src/sim/index.js';
import type { PlantedBug, SimulationResult } from '../../src/sim/index.js';

/** One simulation on this thread's event loop. */
export function runSeed(seed: number, planted?: PlantedBug): Promise<SimulationResult> {
  return new Promise((resolve) => {
    runSimulation({ seed, drain: (resume) => void setImmediate(resume), planted }, resolve);
  });
}

export function replayCommand(seed: number): string {
  return `kubactor sim run --seed ${String(seed)}`;
}
