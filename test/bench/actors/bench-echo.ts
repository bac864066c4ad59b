import type { BehaviourFactory } from '../../../src/actor/index.js';
import { runActor } from '../../../src/io/thread/index.js';
import type { EchoProtocol } from '../bench-protocol.js';

/** Answers, counts, and crashes when it is told to. */
const echo: BehaviourFactory<EchoProtocol, unknown> = () => {
  let seen = 0;
  return {
    start: () => undefined,
    tells: {
      item: () => {
        seen++;
      },
      crash: () => {
        throw new Error('crashed on purpose');
      },
    },
    asks: {
      echo: (call) => {
        call.reply({ n: call.request.n });
      },
      items: (call) => {
        call.reply({ seen });
      },
    },
    streams: {},
  };
};

runActor(echo);
