import type { Disk, NodeId } from '../base/index.js';
import { writeRepairMark } from './repair-mark.js';
import type { LogPlace } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import { logReaches } from './wal-payload.js';
import type { LogEnd, RepairMark } from './wal-payload.js';
import type { WalRefusal } from './wal-recovery.js';

/**
 * How a replica that no longer knows what it has promised finds bounds for it, once every other voter has said where it stands.
 * It voted for them only in terms that they had entered, and those that asked were candidates of these terms with them on disk: so
 * no vote of its own is newer than the newest of their terms, in which it now counts as having voted for itself. What it helped to
 * commit came from one of them, whose log holds it: so nothing of that is beyond the furthest of their logs. Up to there it must be
 * mended before it votes for less (Raft §5.4.1). While one of them is down, or none of them leads, there is no bound, and it waits.
 */
export function rejoinMark(
  own: NodeId,
  others: readonly LogPlace[],
  { file, offset, reason }: WalRefusal,
): RepairMark | undefined {
  const [first, ...rest] = others;
  if (first === undefined) return undefined;
  const furthest = rest.reduce<LogEnd>(
    (most, place) => (logReaches(most, place) ? most : place),
    first,
  );
  const newest = others.reduce((most, place) => (place.term > most.term ? place : most));
  return {
    hardState: { term: newest.term, vote: own, commit: 0 as RepairMark['lastIndex'] },
    lastIndex: furthest.lastIndex,
    lastTerm: furthest.lastTerm,
    file,
    offset,
    reason,
    dropState: true,
  };
}

/** Gathers where the other voters stand; the mark is durable when `answered` says that all have. */
export class Rejoin {
  readonly #settings: ReplicaSettings;
  readonly #refusal: WalRefusal;
  readonly #disk: Disk;
  readonly #places = new Map<NodeId, LogPlace>();

  constructor(settings: ReplicaSettings, refusal: WalRefusal, disk: Disk) {
    this.#settings = settings;
    this.#refusal = refusal;
    this.#disk = disk;
  }

  /** Foreign files and those of a newer version are somebody's, and stay. */
  get possible(): boolean {
    return this.#refusal.code === 'unreadable-log';
  }

  answered(from: NodeId, place: LogPlace): boolean {
    this.#places.set(from, place);
    const others = this.#otherVoters();
    if (!this.possible || others === undefined) return false;
    const { nodeId, folder } = this.#settings;
    const mark = rejoinMark(nodeId, others, this.#refusal);
    if (mark === undefined) return false;
    writeRepairMark(this.#disk, `${folder}/wal`, mark);
    return true;
  }

  /**
   * Where they stand; undefined while one has not said it. Who votes is for the leader to say, since the members may have changed
   * while this replica knew of nothing; a leader is the newest where nobody who votes by its word is in a later term.
   */
  #otherVoters(): readonly LogPlace[] | undefined {
    const newestTerm = Math.max(...[...this.#places.values()].map(({ term }) => term));
    const leader = [...this.#places.values()].find(
      ({ term, voters }) => term === newestTerm && voters.includes(this.#settings.nodeId),
    );
    const others = leader?.voters.filter((id) => id !== this.#settings.nodeId);
    const places = others?.flatMap((id) => this.#places.get(id) ?? []);
    return places?.length === others?.length ? places : undefined;
  }
}
