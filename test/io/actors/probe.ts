import type { BehaviourFactory, Protocol } from '../../../src/actor/index.js';
import { actorId } from '../../../src/base/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { ProbeReport, WorkshopProtocol } from './protocol.js';

/** Does to a workshop what the test injects, and reports what came of it. */
const probe: BehaviourFactory<Protocol, { readonly target: string }> = (context, config) => {
  const target = context.ref<WorkshopProtocol>(actorId(config.target));
  let busy = false;
  let result: unknown;

  async function talk(tells: number, items: number): Promise<unknown> {
    const seen: number[] = [];
    const end = new Promise<string>((resolve) => {
      context.openStream(
        target,
        'count',
        { upTo: items },
        {
          onItem: (item) => void seen.push(item),
          onEnd: ({ code }) => {
            resolve(code);
          },
        },
      );
    });
    for (let n = 0; n < tells; n++) context.tell(target, 'add', { n });
    const added = await context.ask(target, 'added', {}, { timeoutMs: 5000 });
    const question = {
      big: 9007199254740993n,
      bytes: new Uint8Array([1, 2, 3]),
      nested: { gone: undefined },
    };
    const echo = await context.ask(target, 'echo', question, { timeoutMs: 5000 });
    const answer = (echo.ok ? echo.value : echo.error) as typeof question;
    return {
      sum: added.ok ? added.value.sum : added.error.code,
      echo: {
        big: answer.big.toString(),
        bytes: answer.bytes instanceof Uint8Array ? [...answer.bytes] : 'no bytes',
        nested: { gone: 'gone' in answer.nested },
      },
      end: await end,
      items: seen.length,
      ordered: seen.every((item, index) => item === index + 1),
    };
  }
  async function run(fault: {
    readonly type: string;
    readonly [field: string]: unknown;
  }): Promise<unknown> {
    switch (fault.type) {
      case 'talk':
        return talk(Number(fault['tells']), Number(fault['items']));
      case 'ask': {
        const whenDown = fault['whenDown'] as 'fail' | 'wait';
        const added = await context.ask(target, 'added', {}, { timeoutMs: 5000, whenDown });
        return added.ok ? added.value : added.error;
      }
      default:
        return context.tell(target, 'fail', {
          how: fault['how'] as WorkshopProtocol['tells']['fail']['how'],
        });
    }
  }
  return {
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    report: (): ProbeReport & Record<string, unknown> => ({ busy, result }),
    inject: (fault) => {
      busy = true;
      void run(fault).then((value) => {
        result = value;
        busy = false;
      });
      return { ok: true, value: undefined };
    },
  };
};

runActor(probe);
