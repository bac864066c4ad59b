import type { ActorContext, AskResult, Behaviour, DownCause, Peer } from '../../src/actor/index.js';
import {
  createFakeNetwork,
  type FakeActor,
  type FakeNetwork,
  type FakeNetworkOptions,
} from './fake-network.js';

export interface EchoProtocol {
  tells: {
    say: unknown;
    fail: string;
  };
  asks: { echo: { request: unknown; reply: unknown }; hold: { request: unknown; reply: unknown } };
  streams: { count: { request: { upTo: number }; item: number } };
}

/** What happened at an actor, in order. */
export type Seen =
  | { readonly type: 'say'; readonly message: unknown }
  | { readonly type: 'echo' | 'hold'; readonly request: unknown }
  | { readonly type: 'canceled'; readonly request: unknown }
  | { readonly type: 'up'; readonly life: number }
  | { readonly type: 'down'; readonly life: number; readonly cause: DownCause }
  | { readonly type: 'exited'; readonly life: number; readonly message: string }
  | { readonly type: 'turn' };

export interface Echo extends FakeActor {
  readonly seen: Seen[];
}

/** An actor that notes all that happens to it, and answers. */
export function spawnEcho(
  network: FakeNetwork,
  id: string,
  links: readonly string[],
  more: (context: ActorContext) => Partial<Behaviour<EchoProtocol>> = () => ({}),
): Echo {
  const seen: Seen[] = [];
  const life = (peer: Peer): number => peer.incarnation;
  const actor = network.spawn<EchoProtocol>(id, links, (context) => ({
    start: () => undefined,
    tells: {
      say: (_from, message) => void seen.push({ type: 'say', message }),
      fail: (_from, message) => {
        throw new Error(message);
      },
    },
    asks: {
      echo: (call) => {
        seen.push({ type: 'echo', request: call.request });
        call.reply(call.request);
      },
      hold: (call) => {
        const { request } = call;
        seen.push({ type: 'hold', request });
        call.onCancel(() => seen.push({ type: 'canceled', request }));
      },
    },
    streams: {
      count: (call) => {
        for (let item = 1; item <= call.request.upTo; item++) call.send(item);
        call.complete();
      },
    },
    peerUp: (peer) => void seen.push({ type: 'up', life: life(peer) }),
    peerDown: (peer, cause) => void seen.push({ type: 'down', life: life(peer), cause }),
    peerExited: (peer, { message }) =>
      void seen.push({ type: 'exited', life: life(peer), message }),
    turnEnd: () => void seen.push({ type: 'turn' }),
    ...more(context),
  }));
  return { ...actor, seen };
}

/** Two of them that are linked. */
export function echoPair(options: FakeNetworkOptions = {}) {
  const network = createFakeNetwork(options);
  const left = spawnEcho(network, 'left', ['right']);
  const right = spawnEcho(network, 'right', ['left']);
  network.connect(left, right);
  const ref = left.context.ref<EchoProtocol>(right.peer.id);
  return { network, left, right, ref };
}

/** The messages that were said to it. */
export function said(echo: Echo): unknown[] {
  return echo.seen.flatMap((each) => (each.type === 'say' ? [each.message] : []));
}

/** What an ask has ended with so far. */
export function watch<T>(ask: Promise<AskResult<T>>): { result: AskResult<T> | undefined } {
  const box: { result: AskResult<T> | undefined } = { result: undefined };
  void ask.then((result) => {
    box.result = result;
  });
  return box;
}
