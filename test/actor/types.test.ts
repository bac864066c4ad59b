import t from 'tap';
import type { ActorContext, ActorRef, Behaviour } from '../../src/actor/index.js';

/**
 * A ref knows its protocol: a wrong message does not compile. `npm run check` type-checks this file; each line below an
 * expectation of an error is one, or the check fails. Nothing of it runs.
 */
interface CounterProtocol {
  tells: { add: { by: number } };
  asks: { total: { request: { at: string }; reply: number } };
  streams: { changes: { request: { from: number }; item: { total: number } } };
}

export async function wrongMessagesDoNotCompile(
  context: ActorContext,
  counter: ActorRef<CounterProtocol>,
): Promise<void> {
  const handlers = { onItem: (): void => undefined, onEnd: (): void => undefined };
  const texts = { ...handlers, onItem: (item: string): string => item };
  const options = { timeoutMs: 1 };

  context.tell(counter, 'add', { by: 1 });
  // @ts-expect-error: an unknown operation
  context.tell(counter, 'subtract', { by: 1 });
  // @ts-expect-error: a message of another shape
  context.tell(counter, 'add', { by: 'one' });
  // @ts-expect-error: an ask is not a tell
  context.tell(counter, 'total', { at: 'now' });

  const asked = await context.ask(counter, 'total', { at: 'now' }, options);
  if (asked.ok) asked.value.toFixed();
  // @ts-expect-error: the reply is a number
  if (asked.ok) context.log.info(asked.value);
  // @ts-expect-error: a failure has a closed set of codes
  if (!asked.ok && asked.error.code === 'no-luck') return;
  // @ts-expect-error: a request of another shape
  await context.ask(counter, 'total', {}, options);
  // @ts-expect-error: every ask has a deadline
  await context.ask(counter, 'total', { at: 'now' }, {});

  context.openStream(counter, 'changes', { from: 1 }, handlers);
  // @ts-expect-error: items of another shape
  context.openStream(counter, 'changes', { from: 1 }, texts);
  // @ts-expect-error: a request of another shape
  context.openStream(counter, 'changes', { from: 'the start' }, handlers);

  // @ts-expect-error: a ref of another protocol
  const other: ActorRef<{ tells: { add: string }; asks: object; streams: object }> = counter;
  context.monitor(other, () => undefined);
  // @ts-expect-error: an unknown overflow policy
  context.ref<CounterProtocol>(counter.id, { overflow: 'forget' });
}

const complete: Behaviour<CounterProtocol> = {
  start: () => undefined,
  tells: { add: (_from, message) => message.by.toFixed() },
  asks: {
    total: (call) => {
      call.reply(1);
    },
  },
  streams: { changes: (call) => call.send({ total: 1 }) },
};

export const behaviours: readonly Behaviour<CounterProtocol>[] = [
  complete,
  {
    ...complete,
    // @ts-expect-error: a handler is missing
    tells: {},
  },
  {
    ...complete,
    asks: {
      total: (call) => {
        // @ts-expect-error: a reply of another shape
        call.reply('one');
      },
    },
  },
  {
    ...complete,
    // @ts-expect-error: an item of another shape
    streams: { changes: (call) => call.send({ total: 'one' }) },
  },
];

t.pass('it compiles, and what must not compile does not');
