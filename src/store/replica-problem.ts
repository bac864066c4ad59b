import { assertNever } from '../base/index.js';
import type { RepairMark } from './wal-payload.js';
import type { WalRefusal } from './wal-recovery.js';

interface Owner {
  /** Of the replica. */
  readonly id: string;
  readonly folder: string;
}

/** What is wrong with a log that is being mended, and what its owner can do where nobody mends it. */
export function repairProblem(mark: RepairMark, folder: string, hasLeader: boolean): string {
  const damage = `its log is damaged: ${mark.reason} (${mark.file} at ${String(mark.offset)})`;
  const promised = `entry ${String(mark.lastIndex)} of term ${String(mark.lastTerm)}`;
  if (hasLeader) return `${damage}; the leader mends it up to ${promised}`;
  return (
    `${damage}; it waits for a leader that has ${promised}. If no replica has it any more: stop kubactor and put an ` +
    `intact copy of ${folder} in place; without one, acknowledged writes are lost: begin anew in another --data-dir`
  );
}

/** Why a replica takes no part, and what its owner can do. */
export function refusalProblem(
  { code, file, offset, reason }: WalRefusal,
  { id, folder }: Owner,
): string {
  const why = `it refuses to start: ${reason} (${file} at ${String(offset)})`;
  switch (code) {
    case 'newer-format':
      return `${why}; use a newer kubactor`;
    case 'foreign-log':
      return `${why}; stop kubactor and put the replica's own ${folder} back`;
    case 'unreadable-log':
      return (
        `${why}; it begins anew, filled by the leader, once every other replica has told it how far their logs reach; else ` +
        replacement(id)
      );
    default:
      return assertNever(code, 'refusal of a log');
  }
}

/** Why a replica serves nothing though its files can be read, and what becomes of it. */
export function corruptProblem({ id }: Pick<Owner, 'id'>): string {
  return (
    'its data differs from that of the other replicas, which agree with each other; it serves nothing and never leads. Once all ' +
    `others are up and hold what it holds, the leader fills it anew; else ${replacement(id)}`
  );
}

/** The others serve meanwhile, and no file has to be touched. */
function replacement(id: string): string {
  return `\`kubactor member replace ${id}\` puts a new replica in its place`;
}
