import { ok } from '../../src/base/index.js';
import type { Result } from '../../src/base/index.js';
import { createStateRestorer } from '../../src/store/index.js';
import type { StateMachine, StateSnapshotMeta } from '../../src/store/index.js';

/** Replaces a machine's state by what chunks hold. Failed: why they are refused; then the state is as it was. */
export function restoreFrom(
  machine: StateMachine,
  chunks: Iterable<Uint8Array>,
): Result<StateSnapshotMeta, string> {
  const restorer = createStateRestorer();
  for (const chunk of chunks) {
    const added = restorer.add(chunk);
    if (!added.ok) return added;
  }
  const restored = restorer.finish();
  if (!restored.ok) return restored;
  machine.install(restored.value);
  return ok(restored.value.meta);
}
