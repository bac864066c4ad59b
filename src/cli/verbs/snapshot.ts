import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  askDaemon,
  OperatingError,
  readSnapshot,
  restoreCluster,
  type DataFolder,
} from '../../daemon/index.js';
import { print, printJson, table } from '../output.js';

const SAVE_MAX_MS = 30 * 60_000;

interface Output {
  readonly json: boolean;
}

/** `kubactor snapshot save FILE`: of a running cluster, which goes on meanwhile. */
export async function saveSnapshot(
  folder: DataFolder,
  file: string,
  { json }: Output,
): Promise<number> {
  const target = path.resolve(file);
  const saved = await askDaemon(folder, { verb: 'snapshot', file: target }, SAVE_MAX_MS);
  const facts = await factsOf(target);
  if (json) printJson({ ...facts, replica: saved.replica });
  else print(`saved ${target} from ${saved.replica}\n${factsTable(facts)}`);
  return 0;
}

/** `kubactor snapshot inspect FILE`: exit 1 where the file is damaged. */
export async function inspectSnapshotFile(file: string, { json }: Output): Promise<number> {
  const facts = await factsOf(file);
  if (json) printJson(facts);
  else print(factsTable(facts));
  return 0;
}

export interface RestoreFlags extends Output {
  readonly bumpRevision: string;
}

/** `kubactor snapshot restore FILE`: into a data folder that is new or empty. */
export async function restoreSnapshotFile(
  folder: DataFolder,
  file: string,
  { json, bumpRevision }: RestoreFlags,
): Promise<number> {
  const bump = Number(bumpRevision);
  if (!Number.isSafeInteger(bump) || bump < 0 || bump > 2 ** 40)
    throw new OperatingError(`--bump-revision ${bumpRevision}: expected a whole number`, 2);
  const restored = await restoreCluster(folder, file, bump);
  if (json) printJson({ folder: folder.root, ...restored });
  else
    print(
      `restored ${restored.totalKeys} keys into ${folder.root}, at revision ${restored.revision}, as a new cluster; it has new certificates\n` +
        `start it:  kubactor start --data-dir ${folder.root}`,
    );
  return 0;
}

interface FileFacts {
  readonly file: string;
  readonly hash: string;
  readonly revision: number;
  readonly compactRevision: number;
  readonly totalKeys: number;
  readonly leases: number;
  readonly sizeBytes: number;
  readonly clusterId: string;
  readonly sha256: string;
}

async function factsOf(file: string): Promise<FileFacts> {
  const { hash, revision, compactRevision, totalKeys, leases, bytes, clusterId } =
    readSnapshot(file);
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return {
    file: path.resolve(file),
    hash,
    revision,
    compactRevision,
    totalKeys,
    leases,
    sizeBytes: bytes,
    clusterId: clusterId.toString(),
    sha256: digest.digest('hex'),
  };
}

function factsTable({ hash, revision, totalKeys, sizeBytes, sha256 }: FileFacts): string {
  return table(
    ['HASH', 'REVISION', 'TOTAL KEYS', 'SIZE', 'SHA-256'],
    [[hash, String(revision), String(totalKeys), `${(sizeBytes / 1024).toFixed(1)} KiB`, sha256]],
  );
}
