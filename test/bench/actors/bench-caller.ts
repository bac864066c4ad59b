import type { BehaviourFactory, Protocol } from '../../../src/actor/index.js';
import { actorId, assert } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import {
  benchItem,
  type BenchOrder,
  type BenchReport,
  type EchoProtocol,
} from '../bench-protocol.js';

const ASK = { timeoutMs: 60_000 };

/** Carries out one order at a time against the echo, and times it in its own thread. */
const caller: BehaviourFactory<Protocol, unknown> = (context) => {
  const echo = context.ref<EchoProtocol>(actorId('echo'));
  let tookMs: number | undefined;
  let toTell = 0;
  let allTold = (): void => undefined;
  let echoDied = (): void => undefined;

  /** As much as there is credit for. What brings more is a frame of the echo, and with it the end of a turn. */
  function tellMore(): void {
    while (toTell > 0 && context.tell(echo, 'item', benchItem(toTell))) {
      toTell--;
      if (toTell === 0) allTold();
    }
  }

  async function run(order: BenchOrder): Promise<void> {
    switch (order.type) {
      case 'asks':
        for (let n = 0; n < order.count; n++) {
          const answer = await context.ask(echo, 'echo', { n }, ASK);
          assert(answer.ok && answer.value.n === n, 'an echo');
        }
        return;
      case 'tells': {
        const before = await itemsSeen();
        const told = new Promise<void>((resolve) => {
          allTold = resolve;
        });
        toTell = order.count;
        tellMore();
        await told;
        let after = await itemsSeen();
        // The mailbox may still be full, which an ask is then told.
        while (after === undefined) after = await context.sleep(1).then(itemsSeen);
        assert(after - (before ?? 0) === order.count, 'every tell was handled');
        return;
      }
      case 'crash': {
        const died = new Promise<void>((resolve) => {
          echoDied = resolve;
        });
        assert(context.tell(echo, 'crash', {}), 'the echo is up');
        await died;
        const answer = await context.ask(echo, 'echo', { n: 1 }, { ...ASK, whenDown: 'wait' });
        assert(answer.ok, 'the next life answers');
        return;
      }
    }
  }

  async function itemsSeen(): Promise<number | undefined> {
    const answer = await context.ask(echo, 'items', {}, ASK);
    return answer.ok ? answer.value.seen : undefined;
  }

  return {
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    peerDown: () => {
      echoDied();
    },
    turnEnd: tellMore,
    report: (): BenchReport & Record<string, unknown> => ({ tookMs }),
    inject: (order) => {
      tookMs = undefined;
      const beganMs = performance.now();
      void run(order as unknown as BenchOrder).then(() => {
        tookMs = performance.now() - beganMs;
      });
      return { ok: true, value: undefined };
    },
  };
};

runActor(caller);
