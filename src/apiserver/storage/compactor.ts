import type { ActorContext } from '../../actor/index.js';
import { COMPACT_REVISION_KEY } from '../watch-cache/registry-feed.js';
import type { StorePort } from './store-port.js';

/**
 * Forgets history that is older than one interval, every interval, as kube-apiserver does with etcd. Where it has
 * compacted to stands under kube-apiserver's own key, so that a new life knows from where it can replay.
 */
export async function keepCompacting(
  context: ActorContext,
  store: StorePort,
  intervalMs: number,
  isStopped: () => boolean,
): Promise<void> {
  let before: number | undefined;
  for (;;) {
    const now = await store.range({ key: COMPACT_REVISION_KEY, countOnly: true });
    if (isStopped()) return;
    if (now.ok) {
      if (before !== undefined) await compactTo(context, store, before);
      before = Number(now.value.header.revision);
    }
    await context.sleep(intervalMs);
    if (isStopped()) return;
  }
}

async function compactTo(context: ActorContext, store: StorePort, revision: number): Promise<void> {
  const value = new TextEncoder().encode(String(revision));
  const noted = await store.txn({
    compare: [],
    success: [{ type: 'put', key: COMPACT_REVISION_KEY, value }],
    failure: [],
  });
  if (!noted.ok) return;
  const compacted = await store.compact(revision);
  if (!compacted.ok && compacted.error.code !== 'compacted') {
    context.log.warn('the store could not be compacted', { revision, code: compacted.error.code });
  }
}
