import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import type { ActorId } from '../../src/base/index.js';
import type { ActorContext, AskResult, StreamEnd, StreamHandlers } from '../../src/actor/index.js';
import type { WatchBatch, WatchRequest } from '../../src/protocol/index.js';

export interface FakeAsk {
  readonly to: ActorId;
  readonly operation: string;
  readonly request: Record<string, unknown>;
  readonly timeoutMs: number;
}

export interface FakeStream {
  readonly to: ActorId;
  readonly request: WatchRequest;
  readonly handlers: StreamHandlers<WatchBatch>;
  paused: boolean;
  canceled: boolean;
}

/**
 * An ActorContext on a clock of its own, with the test in the place of the replicas: `answer` replies to asks, streams
 * are kept for the test to feed. Sleeping moves the clock; timers never fire.
 */
export interface FakeWorld {
  readonly context: ActorContext;
  readonly asks: FakeAsk[];
  readonly streams: FakeStream[];
  readonly sleepsMs: number[];
  readonly live: Set<ActorId>;
  nowMs: number;
  onSleep: () => void;
}

export const REPLICAS = [actorId('store-0'), actorId('store-1'), actorId('store-2')];

export function fakeWorld(
  answer: (ask: FakeAsk, world: FakeWorld) => AskResult<unknown>,
  seed = 1,
): FakeWorld {
  const refuse = (): never => {
    throw new Error('not part of the fake');
  };
  let uuids = 0;
  const quiet = (): void => undefined;
  const context: ActorContext = {
    self: { id: actorId('api-server'), incarnation: incarnation(1) },
    clock: {
      monotonicMs: () => world.nowMs,
      wallMs: () => world.nowMs,
      after: () => ({ cancel: quiet }),
    },
    random: seededRandom(seed),
    crypto: { uuid: () => `uuid-${String(++uuids)}`, randomBytes: refuse, sha256: refuse },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    ref: (id) => ({ id }),
    peer: (ref) =>
      world.live.has(ref.id) ? { id: ref.id, incarnation: incarnation(1) } : undefined,
    tell: refuse,
    drained: refuse,
    monitor: refuse,
    link: refuse,
    ask(to, operation, request, options) {
      const ask = {
        to: to.id,
        operation,
        request: request as Record<string, unknown>,
        timeoutMs: options.timeoutMs,
      };
      world.asks.push(ask);
      return Promise.resolve(answer(ask, world) as never);
    },
    openStream(to, _operation, request, handlers) {
      const stream: FakeStream = {
        to: to.id,
        request: request as unknown as WatchRequest,
        handlers: handlers as never,
        paused: false,
        canceled: false,
      };
      world.streams.push(stream);
      return {
        cancel() {
          stream.canceled = true;
        },
        pause() {
          stream.paused = true;
        },
        resume() {
          stream.paused = false;
        },
      };
    },
    sleep(delayMs) {
      world.sleepsMs.push(delayMs);
      world.nowMs += delayMs;
      world.onSleep();
      return Promise.resolve();
    },
    crash: refuse,
  };
  const world: FakeWorld = {
    context,
    asks: [],
    streams: [],
    sleepsMs: [],
    live: new Set(REPLICAS),
    nowMs: 1000,
    onSleep: quiet,
  };
  return world;
}

export function endStream(stream: FakeStream | undefined, end: StreamEnd): void {
  stream?.handlers.onEnd(end);
}
