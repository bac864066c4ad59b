import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { actorId } from '../base/index.js';
import { mergeEvidence, recordOf } from '../elections/index.js';
import type { ElectionRecord } from '../protocol/index.js';
import { parseElections } from '../store/index.js';
import { readKeptMembers, type DataFolder } from './folder/index.js';

interface Read {
  readonly stamp: string;
  readonly records: ReadonlyMap<string, ElectionRecord>;
}

/**
 * The elections of a cluster as its replicas have written them down: what one lost, or was too busy to tell, another has. The
 * files are read anew only when they have changed.
 */
export class ElectionFiles {
  readonly #folders: () => readonly string[];
  readonly #read = new Map<string, Read>();

  /** `folders`: those of the replicas that there are now. */
  constructor(folders: () => readonly string[]) {
    this.#folders = folders;
  }

  /** Newest first, with the evidence of those that are not old. */
  newestFirst(): ElectionRecord[] {
    const records = new Map<string, ElectionRecord>();
    for (const folder of this.#folders())
      for (const [id, record] of this.#recordsOf(path.join(folder, 'elections'))) {
        const known = records.get(id);
        records.set(id, known === undefined ? record : joined(known, record));
      }
    return [...records.values()].sort((a, b) =>
      a.electedAt < b.electedAt ? 1 : a.electedAt > b.electedAt ? -1 : b.term - a.term,
    );
  }

  #recordsOf(file: string): Read['records'] {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return new Map();
    const stamp = `${String(stats.ino)} ${String(stats.size)} ${String(stats.mtimeMs)}`;
    const known = this.#read.get(file);
    if (known?.stamp === stamp) return known.records;
    const records = parseElections(readFileSync(file, 'utf8'));
    this.#read.set(file, { stamp, records });
    return records;
  }
}

/** Those of the replicas that a data folder names. */
export function keptElections(folder: DataFolder): ElectionFiles {
  return new ElectionFiles(() =>
    readKeptMembers(folder).replicas.map(({ name }) => folder.storeFolder(actorId(name))),
  );
}

function joined(left: ElectionRecord, right: ElectionRecord): ElectionRecord {
  if (left.evidence !== undefined && right.evidence !== undefined)
    return recordOf(mergeEvidence(left.evidence, right.evidence));
  return left.evidence === undefined && !left.complete ? right : left;
}
