import { AsyncLocalStorage } from 'node:async_hooks';
import type { AmbientScope, TraceScope } from '../../actor/index.js';

/** So many beats after the last traced message the hooks are taken off. */
const REST_BEATS = 30;

/**
 * The scope of a span, over every pause of its handler. On Node before 24 this hooks into each promise of the thread (docs/logs.md
 * has figures), so it is on only while something is traced: until then, and again a while after, a look at it costs nothing.
 */
export interface RestingScope extends AmbientScope {
  /** To be called at each beat of the thread. */
  beat(): void;
}

export function ambientScope(): RestingScope {
  const storage = new AsyncLocalStorage<TraceScope | undefined>();
  let beatsLeft = 0;
  return {
    get: () => (beatsLeft > 0 ? storage.getStore() : undefined),
    run: (scope, work) => {
      beatsLeft = REST_BEATS;
      return storage.run(scope, work);
    },
    beat: () => {
      if (beatsLeft === 0) return;
      beatsLeft--;
      if (beatsLeft === 0) storage.disable();
    },
  };
}
