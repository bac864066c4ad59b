import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleActors } from '../bundle-actors.js';

export interface BenchPrograms {
  readonly folder: string;
  /** The program of an actor of the benches. */
  readonly entryUrl: (entry: string) => URL;
}

let programs: Promise<BenchPrograms> | undefined;

/** Made once for a run, and gone with it. */
export function benchPrograms(): Promise<BenchPrograms> {
  programs ??= makePrograms();
  return programs;
}

async function makePrograms(): Promise<BenchPrograms> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-bench-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const entryUrl = await bundleActors(new URL('./actors/', import.meta.url), folder);
  return { folder, entryUrl };
}
