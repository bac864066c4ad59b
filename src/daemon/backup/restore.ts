import path from 'node:path';
import { actorId, nodeId } from '../../base/index.js';
import { nodeDisk } from '../../io/disk/index.js';
import { realClock } from '../../io/thread/index.js';
import { inspectSnapshot, restoreSnapshot, type SnapshotFacts } from '../../store/index.js';
import { OperatingError } from '../failure.js';
import { makeDataFolder, readKeptMembers, type DataFolder } from '../folder/index.js';

export interface RestoredCluster {
  readonly clusterId: string;
  readonly revision: number;
  readonly totalKeys: number;
}

/** Throws an `OperatingError` where the file cannot be used. */
export function readSnapshot(file: string): SnapshotFacts {
  const facts = inspectSnapshot(nodeDisk(), path.resolve(file));
  if (!facts.ok) throw new OperatingError(`snapshot ${file}: ${facts.error}`);
  return facts.value;
}

/** A new data folder with the snapshot's keys, a cluster id and keys of its own. */
export async function restoreCluster(
  folder: DataFolder,
  file: string,
  bumpRevision: number,
): Promise<RestoredCluster> {
  let restored = { revision: 0, totalKeys: 0 };
  const { clusterId } = await makeDataFolder(folder, (draft, id) => {
    const outcome = restoreSnapshot(
      { disk: nodeDisk(), clock: realClock },
      {
        file: path.resolve(file),
        clusterId: BigInt(id),
        bumpRevision,
        replicas: readKeptMembers(draft).founding.map(({ name, id: number }) => ({
          id: actorId(name),
          nodeId: nodeId(number),
          folder: draft.storeFolder(name),
        })),
      },
    );
    if (!outcome.ok) throw new OperatingError(`snapshot ${file}: ${outcome.error}`);
    restored = outcome.value;
  });
  return { clusterId, ...restored };
}
