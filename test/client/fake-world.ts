import type {
  ActorContext,
  AskResult,
  StreamHandle,
  StreamHandlers,
} from '../../src/actor/index.js';
import { actorId, incarnation, seededRandom } from '../../src/base/index.js';
import type { ApiReply, ApiRequest, ApiWatchEvent } from '../../src/protocol/index.js';
import { virtualTime, type VirtualTime } from '../virtual-time.js';

/** What stands behind the one actor that this world knows. */
export interface FakeServer {
  readonly ask: (request: ApiRequest) => Promise<AskResult<ApiReply>>;
  readonly watch: (
    request: ApiRequest,
    handlers: StreamHandlers<readonly ApiWatchEvent[]>,
  ) => StreamHandle;
}

/** Virtual time, and contexts on it for the actor under test. */
export interface FakeWorld extends VirtualTime {
  readonly context: (server: FakeServer, self?: string) => ActorContext;
}

export function createFakeWorld(seed = 1): FakeWorld {
  const time = virtualTime();
  const { clock } = time;
  const random = seededRandom(seed);
  let uuids = 0;

  function context(server: FakeServer, self = 'component'): ActorContext {
    const silent = (): void => undefined;
    const partial = {
      self: { id: actorId(self), incarnation: incarnation(1) },
      clock,
      random,
      crypto: {
        uuid: () => `uuid-${String(uuids++)}`,
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

  return { ...time, context };
}
