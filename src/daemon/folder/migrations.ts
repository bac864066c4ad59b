import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OperatingError } from '../failure.js';
import { writeFileAtomic } from './write-file.js';

/** One step from a format of the data folder to the next. */
export interface Migration {
  /** The version that it makes the next one of. */
  readonly from: number;
  /** For people. */
  readonly what: string;
  /**
   * Changes the folder. It may be ended at any moment and is then run again from its start: it makes new files beside old ones and removes
   * those last.
   */
  readonly run: (root: string) => void;
}

/** Every change of the format on disk that programs before it cannot read, oldest first. So far there was none. */
export const MIGRATIONS: readonly Migration[] = [];

/** What this program writes. */
export const DATA_VERSION = newestVersion(MIGRATIONS);

export function newestVersion(migrations: readonly Migration[]): number {
  return 1 + migrations.length;
}

/** The version of a folder's data; refused where it is none, or newer than what this program knows. */
export function readDataVersion(root: string, newest = DATA_VERSION): number {
  const text = readFileSync(versionFile(root), 'utf8').trim();
  const version = Number(text);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new OperatingError(
      `data folder ${root}: VERSION says ${JSON.stringify(text)}, which is no version`,
    );
  if (version > newest)
    throw new OperatingError(
      `data folder ${root}: its data has version ${version}, this kubactor reads up to ${newest}; use a newer kubactor`,
    );
  return version;
}

export function writeDataVersion(root: string, version: number): void {
  writeFileAtomic(versionFile(root), `${version}\n`);
}

/**
 * Brings a locked folder to the newest format, step by step. VERSION moves after each, so that one that was ended midway goes on where
 * it was. A folder that has the newest format is not touched.
 */
export function migrateDataFolder(
  root: string,
  say: (line: string) => void,
  migrations = MIGRATIONS,
): void {
  const newest = newestVersion(migrations);
  for (let version = readDataVersion(root, newest); version < newest; version++) {
    const step = migrations.find(({ from }) => from === version);
    if (step === undefined)
      throw new OperatingError(`data folder ${root}: nothing leads on from version ${version}`);
    say(`upgrading the data folder from version ${version} to ${version + 1}: ${step.what}`);
    step.run(root);
    writeDataVersion(root, version + 1);
  }
}

function versionFile(root: string): string {
  return path.join(root, 'VERSION');
}
