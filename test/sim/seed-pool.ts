import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { SimulationResult } from '../../src/sim/index.js';
import type { SeedTask } from './seed-worker.js';

const SIMULATION = new URL('../../src/sim/index.js', import.meta.url).href;

export interface SeedPool {
  /** `simulation`: the room's index, where it is not the real one. */
  run(seed: number, simulation?: string): Promise<SimulationResult>;
  close(): Promise<void>;
}

/** Runs seeds on every core. */
export function openSeedPool(): SeedPool {
  const filename = fileURLToPath(new URL('seed-worker.js', import.meta.url));
  const pool = new Piscina<SeedTask, SimulationResult>({ filename });
  return {
    run: (seed, simulation = SIMULATION) => pool.run({ seed, simulation }),
    close: () => pool.destroy(),
  };
}

export function replayCommand(seed: number): string {
  return `kubactor sim run --seed ${String(seed)}`;
}
