import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { OperatingError } from '../failure.js';
import { dataFolder, prepareDataFolder, readKeptState, type DataFolder } from './data-folder.js';
import { folderError } from './folder-error.js';
import { lockFolder } from './lock.js';

/**
 * Makes a data folder as a whole: `fill` writes into one beside it, which gets its name once everything is there. Refused where
 * something is at that place already.
 */
export async function makeDataFolder(
  target: DataFolder,
  fill: (draft: DataFolder, clusterId: string) => void,
): Promise<{ readonly clusterId: string }> {
  await refuseUsed(target);
  const draft = dataFolder(`${target.root}.restoring`);
  rmSync(draft.root, { recursive: true, force: true });
  try {
    prepareDataFolder(draft);
    const { clusterId } = readKeptState(draft);
    fill(draft, clusterId);
    if (existsSync(target.root)) rmdirSync(target.root);
    mkdirSync(path.dirname(target.root), { recursive: true, mode: 0o700 });
    renameSync(draft.root, target.root);
    return { clusterId };
  } catch (error) {
    rmSync(draft.root, { recursive: true, force: true });
    throw folderError(target.root, error);
  }
}

async function refuseUsed({ root }: DataFolder): Promise<void> {
  if (!existsSync(root)) return;
  // Where a daemon runs on it, that is what is told.
  (await lockFolder(root)).release();
  if (readdirSync(root).length > 0)
    throw new OperatingError(
      `data folder ${root}: not empty; a snapshot is restored into a new folder, and what is there stays as it is`,
    );
}
