import t from 'tap';
import { Pace } from '../../src/store/pace.js';

const TICK_MS = 100;

interface Paced {
  readonly pace: Pace;
  readonly told: { ticks: number; wakes: number[]; rests: number[] };
  calm: boolean;
  advance(ms: number): void;
}

/** A pace on a clock of its own, and what it has told. */
function paced(electionTicks = 10): Paced {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const told = { ticks: 0, wakes: [] as number[], rests: [] as number[] };
  const made: Paced = {
    told,
    calm: true,
    pace: new Pace({
      clock: {
        monotonicMs: () => nowMs,
        wallMs: () => nowMs,
        after: (delayMs, callback) => {
          const timer = { atMs: nowMs + delayMs, callback };
          timers.add(timer);
          return { cancel: () => void timers.delete(timer) };
        },
      },
      tickMs: TICK_MS,
      electionTicks,
      passed: (ticks) => {
        told.ticks += ticks;
      },
      ticked: (dueMs) => told.wakes.push(dueMs),
      calm: () => made.calm,
      rests: (ms) => told.rests.push(ms),
    }),
    advance(ms: number): void {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = untilMs;
    },
  };
  return made;
}

t.test('where nothing happens it wakes at every fourth tick, and Raft misses none', async (t) => {
  const one = paced();
  one.pace.start();
  one.advance(100);
  t.equal(one.pace.dueMs, 500);
  one.advance(1200);
  t.same(one.told.wakes, [100, 500, 900, 1300]);
  t.equal(one.told.ticks, 13);
  t.same(one.told.rests, [300], 'the others are told once for how long');
});

t.test('a rest is at most half of the shortest election timeout', async (t) => {
  const one = paced(6);
  one.pace.start();
  one.advance(1000);
  t.same(one.told.wakes, [100, 400, 700, 1000]);
  t.equal(one.told.ticks, 10);
  const impatient = paced(3);
  impatient.pace.start();
  impatient.advance(300);
  t.same(impatient.told.wakes, [100, 200, 300], 'no rest at all');
  t.same(impatient.told.rests, []);
});

t.test('what waits for time to pass keeps it awake', async (t) => {
  const one = paced();
  one.calm = false;
  one.pace.start();
  one.advance(500);
  t.same(one.told.wakes, [100, 200, 300, 400, 500]);
  t.same(one.told.rests, []);
});

t.test('what happens ends the rest, and the next one comes after as long without', async (t) => {
  const one = paced();
  one.pace.start();
  one.advance(350);
  one.pace.stir();
  t.equal(one.told.ticks, 3, 'the time of the rest is told first');
  t.same(one.told.rests, [300, 0]);
  one.advance(800);
  t.same(one.told.wakes, [100, 450, 550, 650, 750, 1150]);
  t.equal(one.told.ticks, 11);
});

t.test('a message within a rest finds Raft at its time, and no tick counts twice', async (t) => {
  const one = paced();
  one.pace.start();
  one.advance(350);
  one.pace.catchUp();
  t.equal(one.told.ticks, 3);
  one.pace.catchUp();
  t.equal(one.told.ticks, 3);
  one.advance(150);
  t.equal(one.told.ticks, 5);
});

t.test('a loop that stood still counts the rest that it meant, and no more', async (t) => {
  let nowMs = 0;
  let wake = (): void => undefined;
  let ticks = 0;
  const pace = new Pace({
    clock: {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs,
      after: (_delayMs, callback) => {
        wake = callback;
        return { cancel: () => undefined };
      },
    },
    tickMs: TICK_MS,
    electionTicks: 10,
    passed: (n) => {
      ticks += n;
    },
    ticked: () => undefined,
    calm: () => true,
    rests: () => undefined,
  });
  pace.start();
  nowMs = 100;
  wake();
  nowMs = 5000;
  pace.catchUp();
  t.equal(ticks, 4);
  wake();
  t.equal(ticks, 5);
});

t.test('after it is stopped it does not wake', async (t) => {
  const one = paced();
  one.pace.start();
  one.pace.stop();
  one.advance(1000);
  t.same(one.told.wakes, []);
});
