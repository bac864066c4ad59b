import type { ActorCore, Peer } from '../actor/index.js';
import type { EventQueue, PlannedEvent } from './event-queue.js';

export interface SimLifePorts {
  readonly queue: EventQueue;
  nowMs(): number;
  /** It is about to run something. */
  runs(life: SimLife): void;
}

interface Timer {
  event: PlannedEvent;
  canceled: boolean;
}

/** One life of an actor: its loop, which does one thing after another and may be busy, and its timers. */
export class SimLife {
  readonly peer: Peer;
  readonly core: ActorCore;
  alive = true;
  stopping = false;
  /** Its code waits on promises. */
  waits: boolean;
  /** It does nothing before this: a pause, or a slow disk. */
  busyUntilMs: number;
  /** Up to here the disk holds it up. */
  diskUntilMs: number;
  /** When it last did something. */
  turnedMs: number;
  /** Its loop may stand still for so long after each turn, for want of anything to do. */
  restsMs = 0;
  /** How far its monotonic clock is ahead of the world's. */
  clockShiftMs: number;
  /** Messages posted to it that take room in its mailbox. */
  postedMessages = 0;
  readonly #ports: SimLifePorts;
  /** What came while it was busy, in order. */
  readonly #held: (() => void)[] = [];
  readonly #timers = new Set<Timer>();
  #wake: PlannedEvent | undefined;

  constructor(
    { peer, waits, clockShiftMs }: Pick<SimLife, 'peer' | 'waits' | 'clockShiftMs'>,
    ports: SimLifePorts,
    makeCore: (life: SimLife) => ActorCore,
  ) {
    this.peer = peer;
    this.waits = waits;
    this.clockShiftMs = clockShiftMs;
    this.#ports = ports;
    this.busyUntilMs = ports.nowMs();
    this.diskUntilMs = this.busyUntilMs;
    this.turnedMs = this.busyUntilMs;
    this.core = makeCore(this);
  }

  monotonicMs(): number {
    return this.#ports.nowMs() + this.clockShiftMs;
  }

  /** Now; once it is not busy any more, in order; or never, where its life is over. */
  do(work: () => void): void {
    if (!this.alive) return;
    if (this.#ports.nowMs() < this.busyUntilMs || this.#held.length > 0) {
      this.#held.push(work);
      this.#wake ??= this.#planWake(this.busyUntilMs);
      return;
    }
    this.#ports.runs(this);
    work();
  }

  after(delayMs: number, callback: () => void): { cancel(): void } {
    const work = (): void => {
      if (!timer.canceled) callback();
    };
    const due = (): void => {
      this.#timers.delete(timer);
      this.do(work);
    };
    const atMs = this.#ports.nowMs() + Math.max(0, delayMs);
    const timer: Timer = { event: this.#ports.queue.plan(atMs, due), canceled: false };
    if (delayMs > 0) this.#timers.add(timer);
    return {
      cancel: () => {
        timer.canceled = true;
        timer.event.canceled = true;
        this.#timers.delete(timer);
      },
    };
  }

  /** Its monotonic clock leaps forward: what it waits for is due so much earlier. */
  jumpClock(ms: number): void {
    const { queue } = this.#ports;
    this.clockShiftMs += ms;
    const timers = [...this.#timers].sort(
      ({ event: a }, { event: b }) => a.atMs - b.atMs || a.sequence - b.sequence,
    );
    for (const timer of timers) {
      timer.event.canceled = true;
      const atMs = Math.max(this.#ports.nowMs(), timer.event.atMs - ms);
      timer.event = queue.plan(atMs, timer.event.run);
    }
  }

  end(): void {
    this.alive = false;
    this.#held.length = 0;
    this.#timers.clear();
  }

  #planWake(atMs: number): PlannedEvent {
    return this.#ports.queue.plan(atMs, () => {
      this.#awake();
    });
  }

  /** Does one thing of those that were held back. */
  #awake(): void {
    this.#wake = undefined;
    if (!this.alive) return;
    if (this.#ports.nowMs() < this.busyUntilMs) {
      this.#wake = this.#planWake(this.busyUntilMs);
      return;
    }
    const next = this.#held.shift();
    if (this.#held.length > 0) this.#wake = this.#planWake(this.#ports.nowMs());
    this.#ports.runs(this);
    next?.();
  }
}
