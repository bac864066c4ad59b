import { assert } from '../base/index.js';
import type { Hasher } from '../mvcc/index.js';
import type { WriteSession } from '../protocol/index.js';

/**
 * Makes a retried write happen once (Raft thesis §6.3): replicated state that remembers the outcomes of the newest
 * writes of each client session. See docs/decisions/0002-exactly-once-writes.md.
 */
export interface SessionTable<Outcome> {
  readonly size: number;
  /** What is known of a write that is about to be applied. */
  admit(session: WriteSession): Admission<Outcome>;
  /** Remembers the outcome of a write that was admitted as `new`. */
  record(session: WriteSession, outcome: Outcome): void;
  /** What is there now: nothing is copied before a session writes again. */
  image(): SessionTableImage<Outcome>;
  hash(hasher: Hasher): void;
  /** Asserts the bounds. */
  verify(): void;
}

export type Admission<Outcome> =
  | { readonly type: 'new' }
  | { readonly type: 'repeated'; readonly outcome: Outcome }
  /** It may have run, and its outcome is forgotten: it must not run again. */
  | { readonly type: 'unknown' };

/** Sessions in order of their last write, oldest first: the order of eviction is part of the state. */
export interface SessionTableImage<Outcome> {
  readonly sessions: readonly SessionImage<Outcome>[];
  /** Ids of the newest evicted sessions, oldest first. */
  readonly evicted: readonly string[];
}

export interface SessionImage<Outcome> {
  readonly id: string;
  readonly answeredBelow: number;
  readonly outcomes: Iterable<readonly [sequence: number, outcome: Outcome]>;
}

/** A session, or a part of its outcomes, as it is written. */
export interface SessionPart<Outcome> extends SessionImage<Outcome> {
  readonly outcomes: readonly (readonly [sequence: number, outcome: Outcome])[];
}

export const SESSIONS_MAX = 64;
export const OUTCOMES_PER_SESSION_MAX = 4096;
/**
 * A session whose id is forgotten too would count as new. Its client would have to wait for the same write, its first,
 * while this many others come and go.
 */
export const EVICTED_SESSIONS_MAX = 4096;

interface Session<Outcome> {
  /** The outcomes of all writes below may be forgotten. */
  answeredBelow: number;
  /** In the order of applying. */
  outcomes: Map<number, Outcome>;
  /** An image holds `outcomes`: they are no longer changed, but replaced by a copy. */
  imaged: boolean;
}

export function createSessionTable<Outcome>(
  image?: SessionTableImage<Outcome>,
): SessionTable<Outcome> {
  const sessions = new Map<string, Session<Outcome>>();
  const evicted = new Set<string>(image?.evicted);
  for (const { id, answeredBelow, outcomes } of image?.sessions ?? []) {
    sessions.set(id, { answeredBelow, outcomes: new Map(outcomes), imaged: false });
  }

  const evictOldest = (): void => {
    const [id] = sessions.keys();
    assert(id !== undefined, 'a full table has an oldest session');
    sessions.delete(id);
    addBounded(evicted, id, EVICTED_SESSIONS_MAX);
  };
  /** Whose session is the last in the order: most writes are of the same as the one before, which need not be moved. */
  let newest: string | undefined;
  const open = (id: string): Session<Outcome> => {
    const known = sessions.get(id);
    if (known?.imaged === false && id === newest) return known;
    newest = id;
    sessions.delete(id);
    if (known === undefined && sessions.size === SESSIONS_MAX) evictOldest();
    const session = known ?? {
      answeredBelow: 0,
      outcomes: new Map<number, Outcome>(),
      imaged: false,
    };
    if (session.imaged) {
      session.outcomes = new Map(session.outcomes);
      session.imaged = false;
    }
    sessions.set(id, session);
    return session;
  };

  return {
    get size() {
      return sessions.size;
    },
    admit({ id, sequence, answeredBelow }) {
      const known = sessions.get(id);
      // Who has had answers is not new: its session was evicted, even where its id is forgotten.
      if (known === undefined)
        return evicted.has(id) || answeredBelow > 1 ? { type: 'unknown' } : { type: 'new' };
      const outcome = known.outcomes.get(sequence);
      if (outcome !== undefined) return { type: 'repeated', outcome };
      return sequence < known.answeredBelow ? { type: 'unknown' } : { type: 'new' };
    },
    record({ id, sequence, answeredBelow }, outcome) {
      const session = open(id);
      assert(!session.outcomes.has(sequence), 'a write of a session is applied once');
      session.outcomes.set(sequence, outcome);
      forgetAnswered(session, answeredBelow);
      boundOutcomes(session);
    },
    image: () => ({
      sessions: [...sessions].map(([id, session]) => {
        session.imaged = true;
        return { id, answeredBelow: session.answeredBelow, outcomes: session.outcomes };
      }),
      evicted: [...evicted],
    }),
    hash(hasher) {
      for (const [id, session] of sessions) {
        hasher.text(id);
        hasher.number(session.answeredBelow);
        for (const sequence of session.outcomes.keys()) hasher.number(sequence);
      }
      for (const id of evicted) hasher.text(id);
    },
    verify() {
      assert(sessions.size <= SESSIONS_MAX, 'sessions are bounded');
      assert(evicted.size <= EVICTED_SESSIONS_MAX, 'evicted ids are bounded');
      for (const [id, session] of sessions) {
        assert(!evicted.has(id), 'an evicted session does not come back');
        assert(session.outcomes.size <= OUTCOMES_PER_SESSION_MAX, 'outcomes are bounded');
      }
    },
  };
}

function forgetAnswered(session: Session<unknown>, answeredBelow: number): void {
  if (answeredBelow <= session.answeredBelow) return;
  session.answeredBelow = answeredBelow;
  // In the order of applying, which is nearly that of the numbers: one that is out of order goes when those before it have.
  for (const sequence of session.outcomes.keys()) {
    if (sequence >= answeredBelow) break;
    session.outcomes.delete(sequence);
  }
}

/** Over the bound the lowest number goes, and with it the right of all below it to run. */
function boundOutcomes(session: Session<unknown>): void {
  if (session.outcomes.size <= OUTCOMES_PER_SESSION_MAX) return;
  let lowest = Number.MAX_SAFE_INTEGER;
  for (const sequence of session.outcomes.keys()) lowest = Math.min(lowest, sequence);
  session.outcomes.delete(lowest);
  session.answeredBelow = Math.max(session.answeredBelow, lowest + 1);
}

function addBounded(set: Set<string>, item: string, sizeMax: number): void {
  set.delete(item);
  set.add(item);
  if (set.size <= sizeMax) return;
  const [oldest] = set;
  if (oldest !== undefined) set.delete(oldest);
}
