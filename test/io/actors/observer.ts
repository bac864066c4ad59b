import type { BehaviourFactory, Protocol, SystemFigures } from '../../../src/actor/index.js';
import { runActor, systemFigures } from '../../../src/io/thread/index.js';

/** Looks at the whole system when it is told to, and reports what it saw. */
const observer: BehaviourFactory<Protocol, unknown> = (context) => {
  let seen: SystemFigures | undefined;
  return {
    start: () => undefined,
    tells: {},
    asks: {},
    streams: {},
    report: () => ({ seen }),
    inject: () => {
      seen = undefined;
      context.log.debug('looking');
      void systemFigures().then((figures) => {
        seen = figures;
      });
      return { ok: true, value: undefined };
    },
  };
};

runActor(observer);
