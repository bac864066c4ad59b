import { isAlreadyExists, Resource } from '../../client/index.js';
import { overflowOf } from '../../protocol/index.js';
import type { ElectionRecord, StoreProtocol } from '../../protocol/index.js';
import type { ControllerFactory } from '../controller.js';
import { electionEvent, eventName, isDue } from './event.js';

const POLL_MS = 2_000;
const ASK_MS = 1_000;
const RECORDS_MAX = 50;
/** Of those that were told. */
const REMEMBERED_MAX = 500;

/** Tells the store's elections as events in kube-system. */
export const electionEvents: ControllerFactory = ({ context, client, config }) => {
  const replicas = (config.replicas ?? []).map((id) =>
    context.ref<StoreProtocol>(id, overflowOf.store),
  );
  const told = new Set<string>();
  let stopped = false;
  let failures = 0;

  /** All replicas know the same. */
  async function recent(): Promise<readonly ElectionRecord[]> {
    for (const replica of replicas) {
      if (context.peer(replica) === undefined) continue;
      const answer = await context.ask(
        replica,
        'elections',
        { max: RECORDS_MAX },
        { timeoutMs: ASK_MS },
      );
      if (answer.ok && answer.value.records.length > 0) return answer.value.records;
    }
    return [];
  }

  async function tell(record: ElectionRecord): Promise<void> {
    const created = await client.create(Resource.events, electionEvent(record));
    if (!created.ok && !isAlreadyExists(created.error)) {
      // It is tried again with the next look.
      failures++;
      return;
    }
    told.add(eventName(record));
    for (const oldest of told) {
      if (told.size <= REMEMBERED_MAX) break;
      told.delete(oldest);
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const records = await recent();
      const due = records.filter(
        (record) => !told.has(eventName(record)) && isDue(record, context.clock.wallMs()),
      );
      for (const record of due.reverse()) await tell(record);
      await context.sleep(POLL_MS);
    }
  }

  return {
    name: 'elections',
    start: () => {
      if (replicas.length > 0) void run();
    },
    stop: () => {
      stopped = true;
    },
    report: () => ({ told: told.size, failures }),
  };
};
