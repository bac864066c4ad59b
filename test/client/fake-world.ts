import type {
  ActorContext,
  AskResult,
  StreamHandle,
  StreamHandlers,
} from '../../src/actor/index.js';
import type { Clock, Timer } from '../../src/base/index.js';
import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import type { ApiReply, ApiRequest, ApiWatchEvent } from '../../src/protocol/index.js';

/** What stands behind the one actor that this world knows. */
export interface FakeServer {
  readonly ask: (request: ApiRequest) => Promise<AskResult<ApiReply>>;
  readonly watch: (
    request: ApiRequest,
    handlers: StreamHandlers<readonly ApiWatchEvent[]>,
  ) => StreamHandle;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Virtual time, and contexts on it for the actor under test. */
export interface FakeWorld {
  readonly clock: Clock;
  readonly context: (server: FakeServer, self?: string) => ActorContext;
  /** Lets so much virtual time pass, timer by timer, and all that follows from each. */
  readonly advance: (durationMs: number) => Promise<void>;
  /** Lets time pass until it holds; fails after `limitMs`. */
  readonly until: (what: string, holds: () => boolean, limitMs?: number) => Promise<void>;
  /** Moves the wall clock without time passing. */
  readonly jumpWallClock: (byMs: number) => void;
}

const WALL_ORIGIN_MS = Date.UTC(2026, 0, 1);

export function createFakeWorld(seed = 1): FakeWorld {
  let nowMs = 1_000;
  let wallOffsetMs = WALL_ORIGIN_MS - nowMs;
  let order = 0;
  const timers = new Set<Due>();
  const random = seededRandom(seed);

  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs + wallOffsetMs,
    after: (delayMs, callback): Timer => {
      const due: Due = { atMs: nowMs + Math.max(0, delayMs), order: order++, callback };
      timers.add(due);
      return { cancel: () => timers.delete(due) };
    },
  };

  function nextTimer(): Due | undefined {
    let next: Due | undefined;
    for (const due of timers) {
      if (
        next === undefined ||
        due.atMs < next.atMs ||
        (due.atMs === next.atMs && due.order < next.order)
      )
        next = due;
    }
    return next;
  }

  async function step(untilMs: number): Promise<boolean> {
    const next = nextTimer();
    if (next === undefined || next.atMs > untilMs) return false;
    timers.delete(next);
    nowMs = Math.max(nowMs, next.atMs);
    next.callback();
    await settle();
    return true;
  }

  function context(server: FakeServer, self = 'component'): ActorContext {
    const silent = (): void => undefined;
    const partial = {
      self: { id: actorId(self), incarnation: incarnation(1) },
      clock,
      random,
      crypto: {
        uuid: () => `uuid-${String(order++)}`,
        randomBytes: (n: number) => new Uint8Array(n),
        sha256: () => new Uint8Array(32),
      },
      log: { debug: silent, info: silent, warn: silent, error: silent },
      ref: (id: string) => ({ id: actorId(id) }),
      peer: () => undefined,
      tell: () => false,
      ask: (
        _to: unknown,
        _operation: string,
        request: ApiRequest,
        options: { timeoutMs: number },
      ) =>
        Promise.race([
          server.ask(structuredClone(request)),
          new Promise<AskResult<ApiReply>>((resolve) => {
            clock.after(options.timeoutMs, () => {
              resolve({ ok: false, error: { code: 'timeout', handedOver: true } });
            });
          }),
        ]),
      openStream: (
        _to: unknown,
        _operation: string,
        request: ApiRequest,
        handlers: StreamHandlers<readonly ApiWatchEvent[]>,
      ) => server.watch(structuredClone(request), handlers),
      sleep: (delayMs: number) => new Promise<void>((resolve) => clock.after(delayMs, resolve)),
      crash: (reason: Error): never => {
        throw reason;
      },
    };
    return partial as unknown as ActorContext;
  }

  return {
    clock,
    context,
    advance: async (durationMs) => {
      const untilMs = nowMs + durationMs;
      await settle();
      while (await step(untilMs));
      nowMs = untilMs;
    },
    until: async (what, holds, limitMs = 60_000) => {
      const untilMs = nowMs + limitMs;
      await settle();
      while (!holds()) {
        if (!(await step(untilMs))) throw new Error(`not within ${String(limitMs)} ms: ${what}`);
      }
    },
    jumpWallClock: (byMs) => {
      wallOffsetMs += byMs;
    },
  };
}

/** Until all promises that can go on have gone on. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
