import { RingBuffer } from '../base/index.js';
import type { Clock } from '../base/index.js';
import type {
  Blocker,
  HeardLeader,
  KnownLeader,
  LogPosition,
  Witness,
  WitnessEvent,
} from '../protocol/index.js';

const KEPT_EVENTS = 256;
const KEPT_LEADERS = 8;
/** What a witness tells at most of what decides about causes, however long ago: a leader may have stepped down long before. */
const TOLD_WEIGHTY = 32;
/** … and of campaigns and votes. */
const TOLD_CHATTER = 48;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type WithoutTime<E> = E extends unknown ? Omit<E, 'atMs'> : never;
export type JournalEvent = WithoutTime<WitnessEvent>;

export interface JournalOptions {
  readonly clock: Clock;
  readonly replica: string;
  /** Where its log stands now. */
  readonly position: () => LogPosition;
}

/**
 * What this life of a replica saw, lately: of leaders, votes, deaths, and of its own holdups. Votes come in floods where
 * something is cut off, and so they have a buffer of their own.
 */
export class ElectionJournal {
  readonly #options: JournalOptions;
  readonly #sinceMs: number;
  readonly #weighty = new RingBuffer<WitnessEvent>(KEPT_EVENTS);
  readonly #chatter = new RingBuffer<WitnessEvent>(KEPT_EVENTS);
  /** Oldest first. */
  readonly #leaders = new RingBuffer<Mutable<HeardLeader>>(KEPT_LEADERS);
  /** By term: where the log stood when this replica campaigned or voted in it. */
  readonly #positions = new Map<number, LogPosition>();
  readonly #holdups: Record<Blocker, number> = { loop: 0, disk: 0, apply: 0 };
  #leadersSeen = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.monotonicMs();
  }

  get leaderChanges(): number {
    return Math.max(0, this.#leadersSeen - 1);
  }

  get holdups(): Readonly<Record<Blocker, number>> {
    return { ...this.#holdups };
  }

  note(event: JournalEvent): void {
    const timed: WitnessEvent = { atMs: this.#options.clock.monotonicMs(), ...event };
    if (timed.is === 'campaigned' || timed.is === 'answered') this.#keepPosition(timed.term);
    const buffer = isChatter(timed) ? this.#chatter : this.#weighty;
    buffer.pushDroppingOldest(timed);
  }

  blocked(by: Blocker, fromMs: number, ms: number): void {
    this.#holdups[by]++;
    this.#weighty.pushDroppingOldest({ atMs: fromMs, is: 'blocked', by, ms });
  }

  /** Known already: nothing is noted. */
  leader(known: KnownLeader): void {
    const { leader, term } = known;
    const newest = this.#leaders.at(this.#leaders.length - 1);
    if (newest !== undefined && (newest.term > term || same(newest, known))) return;
    const nowMs = this.#options.clock.monotonicMs();
    this.#leaders.pushDroppingOldest({ ...known, sinceMs: nowMs, heardMs: nowMs });
    this.#leadersSeen++;
    if (leader === this.#options.replica) this.note({ is: 'leads', term });
    else this.note({ is: 'follows', term, leader });
  }

  /** A sign of life of the leader of this term. */
  heard(term: number): void {
    const newest = this.#leaders.at(this.#leaders.length - 1);
    if (newest?.term === term) newest.heardMs = this.#options.clock.monotonicMs();
  }

  /** The newest leader of an earlier term. */
  leaderBefore(term: number): KnownLeader | undefined {
    const known = [...this.#leaders].findLast((leader) => leader.term < term);
    return known === undefined ? undefined : { leader: known.leader, term: known.term };
  }

  /** What it has to tell of an election for `term`, of campaigns and votes from `fromMs` on. */
  witness(term: number, fromMs: number, watchedUntilMs: number): Witness {
    const { replica, position } = this.#options;
    const weighty = [...this.#weighty].slice(-TOLD_WEIGHTY);
    const chatter = [...this.#chatter].filter(({ atMs }) => atMs >= fromMs).slice(-TOLD_CHATTER);
    return {
      replica,
      sinceMs: this.#sinceMs,
      watchedUntilMs,
      toldMs: this.#options.clock.monotonicMs(),
      leaders: [...this.#leaders].map((leader) => ({ ...leader })),
      log: this.#positions.get(term) ?? position(),
      events: [...weighty, ...chatter].sort((a, b) => a.atMs - b.atMs),
    };
  }

  #keepPosition(term: number): void {
    this.#positions.delete(term);
    this.#positions.set(term, this.#options.position());
    const oldest = this.#positions.keys().next();
    if (this.#positions.size > KEPT_LEADERS && oldest.done !== true)
      this.#positions.delete(oldest.value);
  }
}

function isChatter({ is }: WitnessEvent): boolean {
  return is === 'campaigned' || is === 'answered' || is === 'received';
}

function same(left: KnownLeader, right: KnownLeader): boolean {
  return left.leader === right.leader && left.term === right.term;
}
