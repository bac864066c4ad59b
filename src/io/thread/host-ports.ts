import { createHash, randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { Clock, Crypto, Random } from '../../base/index.js';
import { aheadMs } from './clock-origin.js';
import { timerStep } from './timer-step.js';

/** hrtime has one origin for all threads; `performance.timeOrigin` follows the wall clock at each thread's start. */
const originMs = aheadMs(hrtimeMs, () => performance.now());

function hrtimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

function monotonicMs(): number {
  return originMs + performance.now();
}

/** Real time. All threads of a process share its origin, so that deadlines may travel between them. */
export const realClock: Clock = {
  monotonicMs,
  wallMs: () => Date.now(),
  after(delayMs, callback) {
    const dueMs = monotonicMs() + delayMs;
    let timer: NodeJS.Timeout;
    function wait(leftMs: number): void {
      const { stepMs, isLast } = timerStep(leftMs);
      timer = setTimeout(() => {
        if (isLast) callback();
        else wait(dueMs - monotonicMs());
      }, stepMs);
    }
    wait(delayMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

export function realRandom(): Random {
  const words = new Uint32Array(256);
  let next = words.length;
  return {
    uint32() {
      if (next === words.length) {
        randomFillSync(words);
        next = 0;
      }
      return words[next++] ?? 0;
    },
  };
}

export const realCrypto: Crypto = {
  uuid: () => randomUUID(),
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
};
