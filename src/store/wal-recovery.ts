import { assertDefined, failed, ok } from '../base/index.js';
import type { Disk, NodeId, Result, Term } from '../base/index.js';
import type { HardState } from '../raft/index.js';
import { EMPTY_HARD_STATE } from '../raft/index.js';
import type { DurableState, RepairMark, WalIdentity } from './wal-payload.js';
import { logReaches, WAL_FORMAT_VERSION } from './wal-payload.js';
import type { SegmentHeader } from './wal-payload.js';
import { emptyLogImage, gatherEvidence, logEnd, noEvidence, scanSegment } from './wal-scan.js';
import type { Evidence, LogImage } from './wal-scan.js';
import { readWhole } from './wal-segment.js';
import type { KnownSegment, SegmentName } from './wal-segment.js';

/** Why a log cannot be used at all: the replica does not start. */
export interface WalRefusal {
  readonly code: 'foreign-log' | 'newer-format' | 'unreadable-log';
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

/** What the segments hold, and what has to be cut from them before anything is appended. */
export interface LogReading {
  readonly image: LogImage;
  /** Those that can be used, oldest first; the last one is the tail's. */
  readonly usable: readonly KnownSegment[];
  /** Where the next batch goes; absent: every segment is unusable. */
  readonly tail: LogTail | undefined;
  /** Those that are to be removed, oldest first. */
  readonly unusable: readonly SegmentName[];
  /** The bytes behind the tail hold whole records, which must be made zero. */
  readonly zeroBehindTail: boolean;
  /** Set: durable records are damaged. Without it what is cut was never acknowledged. */
  readonly damage: RepairMark | undefined;
}

export interface LogTail {
  readonly sequence: number;
  readonly path: string;
  readonly position: number;
  readonly crc: number;
}

/** Reads every segment; changes nothing. */
export function readLog(
  disk: Disk,
  segments: readonly SegmentName[],
  identity: WalIdentity,
): Result<LogReading, WalRefusal> {
  const image = emptyLogImage();
  const usable: KnownSegment[] = [];
  let tail: LogTail | undefined;
  for (const [place, segment] of segments.entries()) {
    const expected = tail === undefined ? segment.sequence : tail.sequence + 1;
    const gap = segment.sequence !== expected;
    const bytes = readWhole(disk, segment.path);
    const scan = gap ? undefined : scanSegment(bytes, segment.sequence, tail?.crc, image);
    if (scan?.begun !== true) {
      // A header that does not chain to the end of the segment before: the damage is there, or here.
      const at = gap || tail === undefined ? { path: segment.path, position: 0 } : tail;
      const reason = gap
        ? 'a segment is missing before this one'
        : 'the segment does not follow the one before it';
      const damage = { file: at.path, offset: at.position, reason };
      return damaged(disk, segments.slice(place), { image, usable, tail }, damage, identity);
    }
    const header = assertDefined(scan.header, 'segment header');
    const refusal = checkHeader(header, identity, segment.path);
    if (refusal !== undefined) return failed(refusal);
    usable.push({ ...segment, firstIndex: header.firstIndex });
    tail = {
      sequence: segment.sequence,
      path: segment.path,
      position: scan.position,
      crc: scan.crc,
    };
    if (place < segments.length - 1) continue;
    const evidence = noEvidence();
    gatherEvidence(bytes, segment.sequence, scan.position, evidence);
    if (evidence.durable) {
      const damage = {
        file: tail.path,
        offset: tail.position,
        reason: 'a record is damaged, and durable ones follow it',
      };
      return ok(
        reading({ image, usable, tail }, [], true, markOf(image, evidence, damage, identity)),
      );
    }
    return ok(reading({ image, usable, tail }, [], evidence.found, undefined));
  }
  return ok(reading({ image, usable, tail }, [], false, undefined));
}

/** What could be read before the reading came to an end. */
interface Readable {
  readonly image: LogImage;
  readonly usable: readonly KnownSegment[];
  readonly tail: LogTail | undefined;
}

interface DamagePlace {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

function damaged(
  disk: Disk,
  unusable: readonly SegmentName[],
  readable: Readable,
  damage: DamagePlace,
  identity: WalIdentity,
): Result<LogReading, WalRefusal> {
  const { image, tail } = readable;
  const evidence = noEvidence();
  if (tail !== undefined)
    gatherEvidence(readWhole(disk, tail.path), tail.sequence, tail.position, evidence);
  for (const segment of unusable)
    gatherEvidence(readWhole(disk, segment.path), segment.sequence, 0, evidence);
  if (evidence.state === undefined && image.state === undefined) {
    return failed({
      code: 'unreadable-log',
      ...damage,
      reason: `${damage.reason}; no hard state can be read anywhere`,
    });
  }
  return ok(
    reading(readable, unusable, tail !== undefined, markOf(image, evidence, damage, identity)),
  );
}

function reading(
  readable: Readable,
  unusable: readonly SegmentName[],
  zeroBehindTail: boolean,
  damage: RepairMark | undefined,
): LogReading {
  return { ...readable, unusable, zeroBehindTail, damage };
}

/** How far the log must reach again, and the hard state that it must not fall behind. */
function markOf(
  image: LogImage,
  evidence: Evidence,
  damage: DamagePlace,
  identity: WalIdentity,
): RepairMark {
  const known = logEnd(image);
  const promised = image.state ?? known;
  let end = evidence.end ?? known;
  if (evidence.state === undefined && !logReaches(end, promised)) end = promised;
  const hardState =
    evidence.state?.hardState ??
    unknownVote(image.state?.hardState ?? EMPTY_HARD_STATE, end.lastTerm, identity);
  return { hardState, lastIndex: end.lastIndex, lastTerm: end.lastTerm, ...damage };
}

/** The vote may be among what is lost: a vote for itself binds the replica in that term, and it never campaigns on it. */
function unknownVote(state: HardState, seenTerm: Term, identity: WalIdentity): HardState {
  if (state.term >= seenTerm && state.vote !== 0) return state;
  const term = Math.max(state.term, seenTerm) as Term;
  return { term, vote: identity.replicaId as NodeId, commit: state.commit };
}

function checkHeader(
  header: SegmentHeader,
  identity: WalIdentity,
  file: string,
): WalRefusal | undefined {
  if (header.formatVersion > WAL_FORMAT_VERSION) {
    return {
      code: 'newer-format',
      file,
      offset: 0,
      reason: `the log has format ${String(header.formatVersion)}, this program knows ${String(WAL_FORMAT_VERSION)}`,
    };
  }
  if (header.clusterId === identity.clusterId && header.replicaId === identity.replicaId)
    return undefined;
  return {
    code: 'foreign-log',
    file,
    offset: 0,
    reason:
      `the log belongs to replica ${String(header.replicaId)} of cluster ${header.clusterId.toString(16)}, ` +
      `not to replica ${String(identity.replicaId)} of cluster ${identity.clusterId.toString(16)}`,
  };
}

/**
 * New damage in a log that was being mended already: what was promised before the first damage still binds, though the
 * log itself began anew since. The mark that reaches further, with the newer hard state.
 */
export function joinMarks(
  damage: RepairMark | undefined,
  mark: RepairMark | undefined,
): RepairMark | undefined {
  if (damage === undefined || mark === undefined) return damage ?? mark;
  const { lastIndex, lastTerm } = logReaches(damage, mark) ? damage : mark;
  const hardState = newerState(damage, mark);
  const dropState = mark.dropState ?? damage.dropState;
  return { ...damage, lastIndex, lastTerm, hardState, dropState };
}

/**
 * The term and the vote of whichever is newer: the log, or the mark of a repair. The commit index is the log's alone: what is left
 * of it may hold entries that others had taken the place of, in what is damaged, before those were committed.
 */
export function newerState(log: DurableState | undefined, mark: RepairMark | undefined): HardState {
  const a = log?.hardState ?? EMPTY_HARD_STATE;
  const b = mark?.hardState ?? EMPTY_HARD_STATE;
  const newer = a.term !== b.term ? (a.term > b.term ? a : b) : a.vote !== 0 ? a : b;
  return { ...newer, commit: a.commit };
}
