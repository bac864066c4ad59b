import type { StreamHandle } from '../../actor/index.js';
import type { Timer } from '../../base/index.js';
import type { Reconciled } from '../../client/index.js';
import {
  createReconciler,
  isAlreadyExists,
  objectKey,
  RECONCILED,
  Resource,
} from '../../client/index.js';
import { overflowOf } from '../../protocol/index.js';
import type { ElectionRecord, StoreProtocol } from '../../protocol/index.js';
import type { ControllerFactory } from '../controller.js';
import { electionEvent, tellInMs } from './event.js';

const RECORDS_MAX = 50;
/** Of those that were told. */
const REMEMBERED_MAX = 500;
/** Before it follows the next replica. */
const PAUSE_MS = 1_000;

/**
 * Tells the store's elections as events in kube-system. It follows what one replica learns of them, since all know the same,
 * and another when that one ends.
 */
export const electionEvents: ControllerFactory = ({ context, client, config }) => {
  const replicas = (config.replicas ?? []).map((id) =>
    context.ref<StoreProtocol>(id, overflowOf.store),
  );
  const told = new Set<string>();
  const reconciler = createReconciler(context, { name: 'elections', concurrency: 1 }, reconcile);
  let untold = new Map<string, ElectionRecord>();
  let stream: StreamHandle | undefined;
  let pause: Timer | undefined;
  let stopped = false;

  function follow(at: number): void {
    const replica = replicas[at % replicas.length];
    if (replica === undefined || stopped) return;
    stream = context.openStream(
      replica,
      'elections',
      { max: RECORDS_MAX },
      {
        onItem: ({ records }) => {
          learn(records);
        },
        onEnd: () => {
          if (stopped) return;
          pause = context.clock.after(PAUSE_MS, () => {
            follow(at + 1);
          });
        },
      },
    );
  }

  function learn(records: readonly ElectionRecord[]): void {
    const named = records.map((record) => [objectKey(electionEvent(record)), record] as const);
    untold = new Map(named.filter(([key]) => !told.has(key)).reverse());
    for (const key of untold.keys()) reconciler.enqueue(key);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const record = untold.get(key);
    const waitMs = record === undefined ? undefined : tellInMs(record, context.clock.wallMs());
    if (record === undefined || waitMs === undefined) return RECONCILED;
    if (waitMs > 0) return { type: 'again', afterMs: waitMs };
    const created = await client.create(Resource.events, electionEvent(record));
    if (!created.ok && !isAlreadyExists(created.error))
      return { type: 'failed', error: created.error };
    untold.delete(key);
    told.add(key);
    for (const oldest of told) {
      if (told.size <= REMEMBERED_MAX) break;
      told.delete(oldest);
    }
    return RECONCILED;
  }

  return {
    name: 'elections',
    start: () => {
      reconciler.start();
      follow(0);
    },
    stop: () => {
      stopped = true;
      pause?.cancel();
      stream?.cancel();
      reconciler.stop();
    },
    report: () => ({ ...reconciler.report(), told: told.size }),
  };
};
