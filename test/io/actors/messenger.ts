import { MessagePort } from 'node:worker_threads';
import type { BehaviourFactory } from '../../../src/actor/index.js';
import { actorId } from '../../../src/base/index.js';
import { transfer } from '../../../src/codec/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { MessengerProtocol } from './protocol.js';

/** So many of the next frames that this thread posts are damaged. */
let damage = 0;
const post = Reflect.get(MessagePort.prototype, 'postMessage');
MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown, list: never) {
  if (damage > 0 && message instanceof Uint8Array) {
    damage--;
    message.fill(0xff);
  }
  post.call(this, message, list);
};

/** Tells, monitors and links itself to another as the test says, and notes all that happens. */
const messenger: BehaviourFactory<MessengerProtocol, { readonly target: string }> = (
  context,
  config,
) => {
  const target = context.ref<MessengerProtocol>(actorId(config.target));
  const events: string[] = [];
  return {
    start: () => undefined,
    tells: {
      note: (_from, note) => {
        if (note instanceof Uint8Array)
          events.push(`${String(note.length)} bytes of ${String(note[0])}`);
        else events.push(`note ${String(note)}`);
      },
      fail: (_from, reason) => {
        throw new Error(reason);
      },
    },
    asks: {
      echo: (call) => {
        call.reply(call.request);
      },
    },
    streams: {},
    peerUp: ({ incarnation }) => events.push(`up ${String(incarnation)}`),
    peerDown: ({ incarnation }, cause) => events.push(`down ${String(incarnation)} ${cause}`),
    peerExited: ({ incarnation }, { cause, message }) =>
      events.push(`exited ${String(incarnation)} ${cause}: ${message}`),
    report: () => ({ events }),
    inject: (fault) => {
      switch (fault.type) {
        case 'damage':
          damage = Number(fault['frames']);
          break;
        case 'tell':
          context.tell(target, 'note', fault['note']);
          break;
        case 'fail':
          context.tell(target, 'fail', String(fault['reason']));
          break;
        case 'ask':
          void context.ask(target, 'echo', fault['request'], { timeoutMs: 5000 }).then((result) => {
            events.push(result.ok ? `answer ${String(result.value)}` : result.error.code);
          });
          break;
        case 'transfer': {
          const bytes = new Uint8Array(Number(fault['bytes'])).fill(7);
          context.tell(target, 'note', transfer(bytes));
          context.clock.after(0, () => events.push(`left with ${String(bytes.length)} bytes`));
          break;
        }
        case 'monitor':
          context.monitor(target, ({ cause, message }) => {
            events.push(`monitor ${cause}: ${message}`);
          });
          break;
        default:
          context.link(target);
      }
      return { ok: true, value: undefined };
    },
  };
};

runActor(messenger);
