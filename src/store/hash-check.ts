import { assertDefined } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import type { KeyHash } from '../mvcc/index.js';
import type { HashAnswer, HashAsk } from './replica-protocol.js';
import type { StateMachine } from './state-machine.js';

/** Bytes that a tick hashes at least: less than a millisecond's work. */
const SLICE_BYTES_MIN = 256 * 1024;
/** A store of any size is through after so many ticks: a large one has larger slices. */
const TICKS_MAX = 600;

/** While somebody's data is known to be wrong, rounds follow each other after this. */
const RECHECK_MS = 10_000;

/** What a round of comparison has found. */
export interface HashVerdict {
  /** Their data is the majority's. */
  readonly sound: readonly NodeId[];
  readonly corrupt: readonly NodeId[];
  /** They differ, and no majority agrees: nobody can tell who is right. */
  readonly undecided: readonly NodeId[];
}

export interface HashCheckPorts {
  readonly own: NodeId;
  /** Now. */
  readonly voters: readonly NodeId[];
  readonly machine: StateMachine;
  /** 0: this replica asks nobody when it leads. */
  readonly intervalMs: number;
  readonly tickMs: number;
  /** Somebody's data was found to be wrong, and may be right again. */
  suspects(): boolean;
  ask(ask: HashAsk): void;
  answer(to: NodeId, answer: HashAnswer): void;
  judged(verdict: HashVerdict, ask: HashAsk): void;
}

interface Round {
  readonly ask: HashAsk;
  readonly deadlineMs: number;
  readonly answers: Map<NodeId, string | null>;
}

interface Walk {
  readonly ask: HashAsk;
  readonly leader: NodeId;
  hash: KeyHash | undefined;
}

/**
 * Compares the replicas' data now and then. The leader names a revision; every replica hashes what it has of it, a slice a
 * tick, as soon as it is there; the leader judges by the majority. A compaction in between ends the round without a
 * verdict for whom it overtakes.
 */
export class HashCheck {
  readonly #ports: HashCheckPorts;
  /** When the last round began, or when this replica began to lead. */
  #begunMs: number | undefined;
  #rounds = 0;
  #round: Round | undefined;
  /** What this replica hashes now: one ask at a time, the newest. */
  #walk: Walk | undefined;

  constructor(ports: HashCheckPorts) {
    this.#ports = ports;
  }

  /** Leadership came or went: the round under way is nobody's. */
  reset(): void {
    this.#begunMs = undefined;
    this.#round = undefined;
  }

  /** The state was replaced: a walk through the old one says nothing of the new one. */
  restored(): void {
    if (this.#walk !== undefined) this.#walk.hash = undefined;
  }

  asked(leader: NodeId, ask: HashAsk): void {
    this.#walk = { ask, leader, hash: undefined };
  }

  /** An answer to what an earlier life of this replica asked is none. */
  answered(from: NodeId, { ask, hash }: HashAnswer): void {
    const now = this.#round?.ask;
    const current =
      now?.round === ask.round &&
      now.revision === ask.revision &&
      now.compactRevision === ask.compactRevision;
    if (current) this.#round?.answers.set(from, hash);
  }

  get underway(): boolean {
    return this.#round !== undefined || this.#walk !== undefined;
  }

  tick(nowMs: number, leads: boolean): void {
    if (leads) this.#lead(nowMs);
    this.#walkOn();
  }

  #lead(nowMs: number): void {
    const { intervalMs, machine, own } = this.#ports;
    const suspects = this.#ports.suspects();
    if (intervalMs === 0) return;
    this.#begunMs ??= nowMs;
    if (this.#round !== undefined) this.#judgeIfDue(this.#round, nowMs);
    const pauseMs = suspects ? Math.min(intervalMs, RECHECK_MS) : intervalMs;
    if (this.#round !== undefined || nowMs < this.#begunMs + pauseMs) return;
    this.#begunMs = nowMs;
    const { revision, compactRevision } = machine;
    const ask = { round: ++this.#rounds, revision, compactRevision };
    const deadlineMs = nowMs + (suspects ? Math.max(pauseMs, this.#walkMsMax()) : intervalMs);
    this.#round = { ask, deadlineMs, answers: new Map() };
    this.#ports.ask(ask);
    this.asked(own, ask);
  }

  /** Three times as long as it takes a replica that keeps up. */
  #walkMsMax(): number {
    const { machine, tickMs } = this.#ports;
    return 3 * tickMs * Math.min(TICKS_MAX, Math.ceil(machine.sizeBytes / SLICE_BYTES_MIN));
  }

  /** Once all have answered, or the next round is due. */
  #judgeIfDue(round: Round, nowMs: number): void {
    const { voters } = this.#ports;
    if (round.answers.size < voters.length && nowMs < round.deadlineMs) return;
    this.#round = undefined;
    this.#ports.judged(judgeHashes(round.answers, voters.length), round.ask);
  }

  #walkOn(): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    const { machine } = this.#ports;
    const { ask } = walk;
    if (machine.compactRevision > ask.compactRevision) {
      this.#end(walk, null);
      return;
    }
    const there =
      machine.revision >= ask.revision && machine.compactRevision === ask.compactRevision;
    if (!there) return;
    walk.hash ??= begun(machine, ask.revision);
    const bytes = Math.max(SLICE_BYTES_MIN, machine.sizeBytes / TICKS_MAX);
    const step = walk.hash.step(bytes);
    if (step !== 'more') this.#end(walk, step === 'done' ? walk.hash.digest() : null);
  }

  #end({ ask, leader }: Walk, hash: string | null): void {
    this.#walk = undefined;
    const answer = { ask, hash };
    if (leader === this.#ports.own) this.answered(leader, answer);
    else this.#ports.answer(leader, answer);
  }
}

function begun(machine: StateMachine, revision: number): KeyHash {
  const hash = machine.hashKeys(revision);
  return assertDefined(hash.ok ? hash.value : undefined, 'a revision that can be read');
}

/** Who agrees with the majority of all members, and who does not. */
export function judgeHashes(
  answers: ReadonlyMap<NodeId, string | null>,
  members: number,
): HashVerdict {
  const known = [...answers].flatMap(([id, hash]) => (hash === null ? [] : [{ id, hash }]));
  const right = known.find(
    ({ hash }) => 2 * known.filter((other) => other.hash === hash).length > members,
  );
  if (right !== undefined) {
    const sound = known.filter(({ hash }) => hash === right.hash).map(({ id }) => id);
    const corrupt = known.filter(({ hash }) => hash !== right.hash).map(({ id }) => id);
    return { sound, corrupt, undecided: [] };
  }
  const differ = known.some(({ hash }) => hash !== known[0]?.hash);
  return { sound: [], corrupt: [], undecided: differ ? known.map(({ id }) => id) : [] };
}
