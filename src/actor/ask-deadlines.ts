import { assertDefined, type Clock, type Timer } from '../base/index.js';

/** What has a deadline. The links belong to the row that it stands in. */
export abstract class Expiring {
  readonly deadlineMs: number;
  before: Expiring | undefined = undefined;
  after: Expiring | undefined = undefined;
  row: DeadlineRow | undefined = undefined;

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }

  /** Its deadline has passed. It was taken out of its row before. */
  abstract expire(): void;
}

/** Those with the same timeout, in the order of their deadlines. */
interface DeadlineRow {
  first: Expiring | undefined;
  last: Expiring | undefined;
  timer: Timer | undefined;
}

/** Timeouts that nobody uses any more are forgotten when there are more of them than this. */
const ROWS_KEPT = 16;

/**
 * The deadlines of many that are nearly always done long before. Those with the same timeout end in the order in which they
 * began, so one timer serves them all, and each costs no more than its place in a row.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #rows = new Map<number, DeadlineRow>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `timeoutMs` has just begun for it. */
  add(expiring: Expiring, timeoutMs: number): void {
    let row = this.#rows.get(timeoutMs);
    if (row === undefined) {
      row = { first: undefined, last: undefined, timer: undefined };
      this.#rows.set(timeoutMs, row);
    }
    expiring.row = row;
    expiring.before = row.last;
    if (row.last === undefined) row.first = expiring;
    else row.last.after = expiring;
    row.last = expiring;
    if (row.timer === undefined) this.#start(row, timeoutMs, timeoutMs);
  }

  /** It is done, in time or not. */
  remove(expiring: Expiring): void {
    const { row, before, after } = expiring;
    if (row === undefined) return;
    if (before === undefined) row.first = after;
    else before.after = after;
    if (after === undefined) row.last = before;
    else after.before = before;
    expiring.row = expiring.before = expiring.after = undefined;
  }

  /** It may come early, as the first that waits now is not the one for which it was set. */
  #start(row: DeadlineRow, timeoutMs: number, leftMs: number): void {
    row.timer = this.#clock.after(leftMs, () => {
      row.timer = undefined;
      this.#expire(row);
      if (row.first !== undefined)
        this.#start(row, timeoutMs, row.first.deadlineMs - this.#clock.monotonicMs());
      else if (this.#rows.size > ROWS_KEPT) this.#rows.delete(timeoutMs);
    });
  }

  #expire(row: DeadlineRow): void {
    const nowMs = this.#clock.monotonicMs();
    while (row.first !== undefined && row.first.deadlineMs <= nowMs) {
      const due = assertDefined(row.first, 'the first of a row');
      this.remove(due);
      due.expire();
    }
  }
}
