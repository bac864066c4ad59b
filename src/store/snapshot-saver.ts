import type { ActorContext, Behaviour, BehaviourFactory, StreamEnd } from '../actor/index.js';
import { assert, type ActorId, type Disk, type Revision } from '../base/index.js';
import type { SilentProtocol, StoreProtocol } from '../protocol/index.js';
import { EMPTY_CONF_STATE } from '../raft/index.js';
import { createStoreClient, type StoreClient } from './client.js';
import { SnapshotFileWriter } from './snapshot-file.js';
import { checkSnapshotFile } from './snapshot-reader.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** Chunks of 256 KiB on the way. */
const WINDOW_CHUNKS = 8;

export interface SnapshotSaverConfig {
  readonly replicas: readonly ActorId[];
  /** A file of this name is replaced. */
  readonly file: string;
}

/** What a saver reports once it is ready. */
export interface SavedSnapshot {
  readonly file: string;
  /** The replica that it was taken from. */
  readonly replica: ActorId;
  readonly revision: Revision;
  readonly bytes: number;
}

/**
 * An actor for the time of one backup. It is ready when the file is whole, durable, read back and under its name; what keeps
 * it from that is its crash. It holds everything that was acknowledged before. A follower is asked first, so that the
 * leader has less to do, and the file is written in this actor's thread, so that no replica waits for it.
 */
export function snapshotSaver(disk: Disk): BehaviourFactory<SilentProtocol, SnapshotSaverConfig> {
  return (context, config): Behaviour<SilentProtocol> => {
    let saved: SavedSnapshot | undefined;
    return {
      start: async () => {
        const part = `${config.file}.part`;
        try {
          saved = await save(context, disk, config, part);
        } finally {
          // On a full disk above all.
          discard(disk, part);
        }
        context.log.info('snapshot saved', { ...saved });
      },
      tells: {},
      asks: {},
      streams: {},
      report: () => ({ ...saved }),
    };
  };
}

async function save(
  context: ActorContext,
  disk: Disk,
  { replicas, file }: SnapshotSaverConfig,
  part: string,
): Promise<SavedSnapshot> {
  const client = createStoreClient(context, { replicas, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const read = await client.range({ key: 'health', countOnly: true });
  if (!read.ok) throw new Error(`the store does not answer: ${read.error.message}`);
  const { revision: minRevision } = read.value.header;
  const problems: string[] = [];
  for (const replica of await followersFirst(client)) {
    discard(disk, part);
    const outcome = await receive(context, disk, replica, part, minRevision);
    if (typeof outcome !== 'string') {
      const bytes = publish(disk, part, file);
      return { file, replica, revision: outcome.revision, bytes };
    }
    problems.push(`${replica}: ${outcome}`);
  }
  throw new Error(`no replica gave a snapshot: ${problems.join('; ')}`);
}

async function followersFirst(client: StoreClient): Promise<ActorId[]> {
  const statuses = await client.status();
  const usable = statuses.filter(({ role, state }) => role !== null && state === 'running');
  const isLeader = ({ role }: (typeof usable)[number]): number => (role === 'leader' ? 1 : 0);
  return usable.sort((a, b) => isLeader(a) - isLeader(b)).map(({ id }) => id as ActorId);
}

interface Received {
  readonly revision: Revision;
}

/** A string says why it failed; an error of this side's disk is thrown, since another replica would not help. */
function receive(
  context: ActorContext,
  disk: Disk,
  replica: ActorId,
  part: string,
  minRevision: Revision,
): Promise<Received | string> {
  let writer: SnapshotFileWriter | undefined;
  let received: Received | undefined;
  return new Promise((resolve, reject) => {
    const guarded = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        writer?.abort();
        writer = undefined;
        stream.cancel();
      }
    };
    const stream = context.openStream(
      context.ref<StoreProtocol>(replica),
      'snapshot',
      { minRevision },
      {
        onItem: (item) => {
          guarded(() => {
            if (item.type === 'chunk') {
              assert(writer !== undefined, 'a snapshot says what it is before its first chunk');
              writer.write(item.data);
              return;
            }
            const { clusterId, index, term, revision } = item;
            const metadata = { index, term, confState: EMPTY_CONF_STATE };
            writer = new SnapshotFileWriter(disk, part, clusterId, metadata);
            received = { revision };
          });
        },
        onEnd: (end) => {
          guarded(() => {
            if (end.code === 'complete') writer?.finish();
            else writer?.abort();
          });
          resolve(end.code === 'complete' && received !== undefined ? received : reasonOf(end));
        },
      },
      { windowItems: WINDOW_CHUNKS },
    );
  });
}

function reasonOf(end: StreamEnd): string {
  return end.code === 'failed' ? end.error.message : end.code;
}

/** What cannot be read back is no backup. */
function publish(disk: Disk, part: string, file: string): number {
  const checked = checkSnapshotFile(disk, part);
  assert(
    checked.ok,
    `the snapshot that was just written can be read${checked.ok ? '' : `: ${checked.error}`}`,
  );
  disk.rename(part, file);
  disk.syncFolder(folderOf(file));
  return checked.value;
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(1, file.lastIndexOf('/')));
}

function discard(disk: Disk, part: string): void {
  if (disk.exists(part)) disk.remove(part);
}
