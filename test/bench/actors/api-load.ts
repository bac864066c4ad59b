import type { BehaviourFactory, StreamHandle } from '../../../src/actor/index.js';
import { failed, ok } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import { overflowOf } from '../../../src/protocol/index.js';
import type { ApiProtocol, ApiRequest, SilentProtocol } from '../../../src/protocol/index.js';
import { API_SERVER } from '../../../src/topology/index.js';
import { closedLoop, type LoopResult } from '../closed-loop.js';

/** What it is told to do, as a fault: `inject` is how main reaches an actor. `{n}` in names stands for a number. */
export type ApiLoad =
  | {
      readonly type: 'load';
      readonly clients: number;
      readonly seconds: number;
      readonly request: ApiRequest;
      readonly numbers?: number;
    }
  | {
      readonly type: 'fan-out';
      readonly watchers: number;
      readonly watch: ApiRequest;
      readonly write: ApiRequest;
      readonly writers: number;
      readonly seconds: number;
    };

export interface ApiLoadReport {
  readonly busy: boolean;
  readonly result: LoopResult | undefined;
}

const ASK_MS = 20_000;
const WATCHES_AT_ONCE = 100;
/** So that each write changes something. */
let stamp = 0;

/** Asks the API server as a component does. */
function apiLoad(): BehaviourFactory<SilentProtocol, object> {
  return (context) => {
    const server = context.ref<ApiProtocol>(API_SERVER, overflowOf.api);
    let busy = false;
    let result: LoopResult | undefined;

    async function ask(request: ApiRequest, n: number): Promise<boolean> {
      const answer = await context.ask(server, 'request', numbered(request, n), {
        timeoutMs: ASK_MS,
        whenDown: 'wait',
      });
      return answer.ok && answer.value.code < 300;
    }

    /** As the client over HTTP has it. */
    async function fanOut(order: Extract<ApiLoad, { type: 'fan-out' }>): Promise<LoopResult> {
      const seen = new Array<number>(order.watchers).fill(0);
      const reached: number[] = [];
      const waiting = new Map<number, () => void>();
      const watchOnce = (watcher: number): Promise<StreamHandle> =>
        new Promise((resolve) => {
          const handle = context.openStream(server, 'watch', order.watch, {
            onItem(events) {
              for (const { type } of events) {
                if (type === 'ERROR') throw new Error('a watch was refused');
                if (type === 'BOOKMARK') continue;
                const event = seen[watcher] ?? 0;
                seen[watcher] = event + 1;
                // What is there already comes to each as its first event.
                if (event === 0) resolve(handle);
                reached[event] = (reached[event] ?? 0) + 1;
                if (reached[event] === order.watchers) waiting.get(event)?.();
              }
            },
            onEnd: () => undefined,
          });
        });
      const open: StreamHandle[] = [];
      // A server takes a bounded number of requests at once, watches that begin among them.
      while (open.length < order.watchers) {
        const count = Math.min(WATCHES_AT_ONCE, order.watchers - open.length);
        const first = open.length;
        open.push(
          ...(await Promise.all(Array.from({ length: count }, (_, i) => watchOnce(first + i)))),
        );
      }
      let written = 0;
      const measured = await closedLoop(
        order.writers,
        order.seconds,
        async (n) => {
          if (!(await ask(order.write, n))) return false;
          const event = ++written;
          if (reached[event] !== order.watchers)
            await new Promise<void>((resolve) => waiting.set(event, resolve));
          return true;
        },
        { warmUpShare: 0 },
      );
      for (const each of open) each.cancel();
      return { ...measured, perSecond: measured.perSecond * order.watchers };
    }

    function run(load: ApiLoad): Promise<LoopResult> {
      if (load.type === 'fan-out') return fanOut(load);
      const { clients, seconds, request, numbers = Infinity } = load;
      return closedLoop(clients, seconds, (n) => ask(request, n % numbers), { warmUpShare: 0 });
    }
    return {
      start: () => undefined,
      tells: {},
      asks: {},
      streams: {},
      inject: (load) => {
        if (busy) return failed({ code: 'busy', message: 'it is at work' });
        busy = true;
        result = undefined;
        void run(load as unknown as ApiLoad).then((measured) => {
          result = measured;
          busy = false;
        });
        return ok(undefined);
      },
      report: () => ({ busy, result }),
    };
  };
}

function numbered(request: ApiRequest, n: number): ApiRequest {
  const name = request.name?.replace('{n}', String(n));
  const body = request.body as
    | { metadata?: { name?: string }; data?: Record<string, string> }
    | undefined;
  if (body === undefined) return { ...request, name };
  const metadata =
    body.metadata?.name === undefined
      ? body.metadata
      : { ...body.metadata, name: body.metadata.name.replace('{n}', String(n)) };
  const data = body.data === undefined ? {} : { data: { ...body.data, n: String(stamp++) } };
  return { ...request, name, body: { ...body, ...data, ...(metadata && { metadata }) } };
}

runActor(apiLoad());
