import { failed, ok } from '../base/index.js';
import type { ErrorData, Result } from '../base/index.js';

/** Chaos: `{type: 'pause', ms}` blocks a replica's thread. Every other fault is refused. */
export function injectPause(
  fault: { readonly type: string; readonly [field: string]: unknown },
  block: ((ms: number) => void) | undefined,
): Result<void, ErrorData> {
  const ms = fault['ms'];
  if (fault.type !== 'pause' || block === undefined || typeof ms !== 'number') {
    return failed({
      code: 'unknown-fault',
      message: `a replica does not know the fault ${fault.type}`,
    });
  }
  block(ms);
  return ok(undefined);
}
