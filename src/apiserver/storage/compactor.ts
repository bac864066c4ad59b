import type { ActorContext } from '../../actor/index.js';
import { COMPACT_REVISION_KEY } from '../watch-cache/registry-feed.js';
import type { StorePort } from './store-port.js';

/** How often in each interval it looks whether there is too much history. */
const LOOKS = 30;

export interface CompactionLimits {
  readonly intervalMs: number;
  /** More revisions than this are not kept, however young they are: the store holds them in memory. */
  readonly revisionsMax: number;
}

/**
 * Forgets history that is older than one interval, every interval, as kube-apiserver does with etcd, and sooner where
 * there is too much of it. Where it has compacted to stands under kube-apiserver's own key, so that a new life knows from
 * where it can replay.
 */
export async function keepCompacting(
  context: ActorContext,
  store: StorePort,
  { intervalMs, revisionsMax }: CompactionLimits,
  isStopped: () => boolean,
): Promise<void> {
  let [anIntervalAgo, compacted] = [0, 0];
  for (let look = 0; ; look++) {
    const now = await store.range({ key: COMPACT_REVISION_KEY, countOnly: true });
    if (isStopped()) return;
    if (now.ok) {
      const current = Number(now.value.header.revision);
      const whole = look % LOOKS === 0;
      const target = Math.max(whole ? anIntervalAgo : 0, current - revisionsMax);
      if (target > compacted && (await compactTo(context, store, target))) compacted = target;
      if (whole) anIntervalAgo = current;
    }
    await context.sleep(intervalMs / LOOKS);
    if (isStopped()) return;
  }
}

async function compactTo(
  context: ActorContext,
  store: StorePort,
  revision: number,
): Promise<boolean> {
  const value = new TextEncoder().encode(String(revision));
  const noted = await store.txn({
    compare: [],
    success: [{ type: 'put', key: COMPACT_REVISION_KEY, value }],
    failure: [],
  });
  if (!noted.ok) return false;
  const compacted = await store.compact(revision);
  if (compacted.ok || compacted.error.code === 'compacted') return true;
  context.log.warn('the store could not be compacted', { revision, code: compacted.error.code });
  return false;
}
