import type { ActorContext, Behaviour, Peer } from '../actor/index.js';
import { failed, isDiskFailure, refusesWrites } from '../base/index.js';
import type { ActorId, Disk, DiskError } from '../base/index.js';
import { absentReplica, absentStatus } from './absent-replica.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';

const LOOK_MS = 1000;
/** Opening reads the whole log: where the disk seems well and refuses again, it is tried less and less often. */
const LOOK_MS_MAX = 30_000;
/** What a log needs to begin with. */
const WANTED_BYTES = 8 * 1024 * 1024;

type ReplicaBehaviour = Behaviour<ReplicaProtocol>;

export interface WaitingReplicaParts {
  readonly context: ActorContext;
  readonly settings: ReplicaSettings;
  readonly disk: Disk;
  /** Opens the files, or throws what the disk says. */
  readonly open: () => ReplicaBehaviour;
}

/**
 * A replica, or where its disk takes no writes or reports errors one that waits until that is over: a life that ended would only
 * begin another one that ends, and at last the daemon. The others go on meanwhile as if it were down. While a replica runs, an
 * error of the disk ends it: what was written is in doubt, and only reading the files again tells.
 */
export function openOrWait(parts: WaitingReplicaParts): ReplicaBehaviour {
  try {
    return parts.open();
  } catch (error) {
    if (!mayWait(error)) throw error;
    return waitingReplica(parts, error);
  }
}

function waitingReplica(
  { context, settings, disk, open }: WaitingReplicaParts,
  first: DiskError,
): ReplicaBehaviour {
  const { clock, log } = context;
  let refusal = first;
  let lookMs = LOOK_MS;
  const problem = (): string => `it waits for its disk: ${troubleOf(refusal, settings.folder)}`;
  const absent = absentReplica(
    () => absentStatus(settings, 'waiting', problem()),
    () => ({
      code: 'no-leader',
      message: `${settings.id}: ${problem()}`,
      details: { leader: null },
    }),
  );
  const peers = new Map<ActorId, Peer>();
  let current: ReplicaBehaviour = {
    ...absent,
    start: () => {
      log.error('the replica waits for its disk', { code: refusal.code, problem: problem() });
      clock.after(lookMs, look);
    },
    peerUp: (peer) => {
      peers.set(peer.id, peer);
    },
    peerDown: ({ id }) => {
      peers.delete(id);
    },
  };
  let stopping = false;

  function look(): void {
    if (stopping) return;
    if (seemsWell(disk, settings.folder) && begin()) return;
    clock.after(lookMs, look);
  }

  /** False: the disk has refused again. */
  function begin(): boolean {
    try {
      current = open();
    } catch (error) {
      if (!mayWait(error)) throw error;
      refusal = error;
      lookMs = Math.min(2 * lookMs, LOOK_MS_MAX);
      return false;
    }
    log.info('the disk takes writes again: the replica begins');
    void current.start();
    for (const peer of peers.values()) current.peerUp?.(peer);
    return true;
  }

  return {
    start: () => current.start(),
    tells: forwarded(absent.tells, () => current.tells),
    asks: forwarded(absent.asks, () => current.asks),
    streams: forwarded(absent.streams, () => current.streams),
    peerUp: (peer) => current.peerUp?.(peer),
    peerDown: (peer, cause) => current.peerDown?.(peer, cause),
    peerExited: (peer, exit) => current.peerExited?.(peer, exit),
    turnEnd: () => current.turnEnd?.(),
    inject: (fault) =>
      current.inject?.(fault) ?? failed({ code: 'not-running', message: problem() }),
    describe: (operation, request) => current.describe?.(operation, request) ?? operation,
    report: () => current.report?.() ?? {},
    stop: () => {
      stopping = true;
      return current.stop?.();
    },
  };
}

function mayWait(error: unknown): error is DiskError {
  return refusesWrites(error) || isDiskFailure(error);
}

function troubleOf(error: DiskError, folder: string): string {
  const { message, path } = error;
  return isDiskFailure(error)
    ? `the disk reports an error: ${message} (${path}); it begins by itself once ${folder} can be read and written`
    : `${message}; it begins by itself once ${folder} can be written`;
}

function seemsWell(disk: Disk, folder: string): boolean {
  try {
    const { freeBytes, readOnly } = disk.space(folder);
    return !readOnly && freeBytes >= WANTED_BYTES;
  } catch (error) {
    if (isDiskFailure(error)) return false;
    throw error;
  }
}

/** The same operations, each carried out by whoever `target` is when it comes. */
function forwarded<T extends object>(operations: T, target: () => T): T {
  const names = Object.keys(operations) as (keyof T)[];
  const forward =
    (name: keyof T): unknown =>
    (...received: unknown[]) =>
      (target()[name] as (...received: unknown[]) => unknown)(...received);
  return Object.fromEntries(names.map((name) => [name, forward(name)])) as T;
}
