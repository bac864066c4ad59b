import type { ActorCore } from '../actor/index.js';
import { type ErrorData, failed, type Result } from '../base/index.js';
import type { SimWorld } from './sim-world.js';
import type { SupervisedLife } from './supervised-life.js';

/** Asks one life something over the control plane: it ends with the answer, the deadline or the death. */
export function callLife<T>(
  world: SimWorld,
  life: SupervisedLife,
  timeoutMs: number,
  call: (core: ActorCore) => Result<T, ErrorData>,
): Promise<Result<T, ErrorData>> {
  const { id } = life.spec;
  return new Promise((resolve) => {
    life.command((core) => {
      resolve(call(core));
    });
    life.whenOver(() => {
      resolve(failed({ code: 'actor-down', message: `${id} died` }));
    });
    world.plan(timeoutMs, () => {
      const message = `${id} did not answer within ${String(timeoutMs)} ms`;
      resolve(failed({ code: 'timeout', message }));
    });
  });
}
