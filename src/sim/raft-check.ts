import { assertDefined } from '../base/index.js';
import type { ActorId, LogIndex } from '../base/index.js';
import { createHasher } from '../mvcc/index.js';
import type { Entry } from '../raft/index.js';
import type { ReplicaView } from '../store/index.js';

interface Known {
  readonly term: number;
  readonly hash: string;
  /** It was committed in this term or an earlier one: in it was the first replica that was seen to have applied it. */
  readonly committedBy: number;
}

/** An invariant of Raft (figure 3 of the paper) or of the replicated state that did not hold. */
export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
}

/** Looks at the replicas from inside after each of their turns. */
export class RaftCheck {
  /** By index: what some replica applied. */
  readonly #applied = new Map<number, Known>();
  /** By index: the store's revision there, of the indexes at which some turn of a replica ended. */
  readonly #revisions = new Map<number, number>();
  readonly #leaders = new Map<number, ActorId>();
  readonly #views = new Map<ActorId, ReplicaView>();
  /** How far each replica's applied entries were compared. */
  readonly #compared = new Map<ActorId, number>();
  #appliedMax = 0;
  #expectedEqual: number | undefined;

  began(id: ActorId, view: ReplicaView): void {
    this.#views.set(id, view);
    this.#compared.set(id, view.machine.appliedIndex);
  }

  ended(id: ActorId): void {
    this.#views.delete(id);
  }

  get appliedMax(): number {
    return this.#appliedMax;
  }

  get leadersSeen(): number {
    return this.#leaders.size;
  }

  /** What the replica is now; undefined where it is down. */
  afterTurn(id: ActorId): ReturnType<ReplicaView['standing']> | undefined {
    const view = this.#views.get(id);
    if (view === undefined) return undefined;
    const standing = view.standing();
    this.#stateMachineSafety(id, view, standing.term);
    this.#sameRevision(id, view);
    if (standing.role === 'leader') this.#electionSafety(id, view, standing.term);
    return standing;
  }

  /** Something was made wrong in one of so many replicas: they may differ until all are equal again. */
  expectDifference(replicas: number): void {
    this.#expectedEqual = replicas;
  }

  get differenceExpected(): boolean {
    return this.#expectedEqual !== undefined;
  }

  /** Of those that live. */
  views(): readonly (readonly [ActorId, ReplicaView])[] {
    return [...this.#views];
  }

  /** Whole-state comparisons: equal logs where they meet, and equal states at equal indexes. */
  compareReplicas(): void {
    const all = [...this.#views];
    if (all.length === this.#expectedEqual && allEqual(all.map(([, view]) => view)))
      this.#expectedEqual = undefined;
    const hashes = new Map<ReplicaView, string>();
    const hashOfState = (view: ReplicaView): string => {
      const hash = hashes.get(view) ?? view.machine.hash();
      hashes.set(view, hash);
      return hash;
    };
    for (const [place, [leftId, left]] of all.entries()) {
      left.machine.verify();
      for (const [rightId, right] of all.slice(place + 1)) {
        logMatching(leftId, left, rightId, right);
        if (left.machine.appliedIndex !== right.machine.appliedIndex) continue;
        const same = hashOfState(left) === hashOfState(right);
        if (!same && !this.differenceExpected)
          throw broken(
            `state machine safety: ${leftId} and ${rightId} differ at ${String(left.machine.appliedIndex)}`,
          );
      }
    }
  }

  statuses(): ReturnType<ReplicaView['status']>[] {
    return [...this.#views.values()].map((view) => view.status());
  }

  #stateMachineSafety(id: ActorId, view: ReplicaView, term: number): void {
    const { appliedIndex } = view.machine;
    const from = assertDefined(this.#compared.get(id), id);
    for (let index = Math.max(from + 1, view.log.firstIndex()); index <= appliedIndex; index++) {
      const entry = entryAt(view, index as LogIndex);
      const known = this.#applied.get(index);
      const hash = hashOf(entry);
      if (known === undefined)
        this.#applied.set(index, { term: entry.term, hash, committedBy: term });
      else if (known.term !== entry.term || known.hash !== hash) {
        throw broken(
          `state machine safety: ${id} applied another entry at ${String(index)} than was applied before`,
        );
      }
    }
    this.#compared.set(id, appliedIndex);
    this.#appliedMax = Math.max(this.#appliedMax, appliedIndex);
  }

  /** The state follows from the entries, also where it was read from a snapshot. */
  #sameRevision(id: ActorId, { machine: { appliedIndex, revision } }: ReplicaView): void {
    const known = this.#revisions.get(appliedIndex);
    if (known === undefined) this.#revisions.set(appliedIndex, revision);
    else if (known !== revision)
      throw broken(
        `state machine safety: ${id} is at revision ${String(revision)} after entry ${String(appliedIndex)}, where revision ${String(known)} was before`,
      );
  }

  #electionSafety(id: ActorId, view: ReplicaView, term: number): void {
    const known = this.#leaders.get(term);
    if (known === id) return;
    if (known !== undefined)
      throw broken(`election safety: ${known} and ${id} both lead in term ${String(term)}`);
    this.#leaders.set(term, id);
    this.#leaderCompleteness(id, view, term);
  }

  /** A leader has what was committed in the terms before its own. It may learn late that it leads: others have gone on then. */
  #leaderCompleteness(id: ActorId, view: ReplicaView, leaderTerm: number): void {
    for (let index = view.log.firstIndex() as number; index <= this.#appliedMax; index++) {
      const known = this.#applied.get(index);
      if (known === undefined || known.committedBy >= leaderTerm) continue;
      const term = view.log.term(index as LogIndex);
      if (term.ok && term.value === known.term) continue;
      const found = index > view.log.lastIndex() ? 'without' : 'with another';
      throw broken(`leader completeness: ${id} leads ${found} entry ${String(index)}`);
    }
  }
}

function allEqual(views: readonly ReplicaView[]): boolean {
  return (
    new Set(views.map(({ machine }) => machine.appliedIndex)).size === 1 &&
    new Set(views.map(({ machine }) => machine.hash())).size === 1
  );
}

/** Two logs with the same term at some index are the same up to there. */
function logMatching(
  leftId: ActorId,
  left: ReplicaView,
  rightId: ActorId,
  right: ReplicaView,
): void {
  const first = Math.max(left.log.firstIndex(), right.log.firstIndex());
  let matched = false;
  for (let index = Math.min(left.log.lastIndex(), right.log.lastIndex()); index >= first; index--) {
    const a = entryAt(left, index as LogIndex);
    const b = entryAt(right, index as LogIndex);
    const same = a.term === b.term && hashOf(a) === hashOf(b);
    if (a.term === b.term && !same)
      throw broken(`log matching: ${leftId} and ${rightId} differ at ${String(index)}`);
    if (matched && !same)
      throw broken(
        `log matching: ${leftId} and ${rightId} differ below a match at ${String(index)}`,
      );
    matched ||= same;
  }
}

function entryAt(view: ReplicaView, index: LogIndex): Entry {
  const found = view.log.entries(index, (index + 1) as LogIndex, 1);
  if (!found.ok) throw broken(`the entry ${String(index)} cannot be read: ${found.error.message}`);
  return assertDefined(found.value[0], `entry ${String(index)}`);
}

/** Entries are compared again and again while they are in the log. */
const hashes = new WeakMap<Entry, string>();

function hashOf(entry: Entry): string {
  const known = hashes.get(entry);
  if (known !== undefined) return known;
  const hasher = createHasher();
  hasher.text(entry.type);
  hasher.bytes(entry.data);
  const hash = hasher.digest();
  hashes.set(entry, hash);
  return hash;
}

function broken(message: string): InvariantBroken {
  return new InvariantBroken(message);
}
