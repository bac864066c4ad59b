import type { ActorContext, Behaviour } from '../actor/index.js';
import { failed, logIndex, revision, term } from '../base/index.js';
import type { ActorId, Disk } from '../base/index.js';
import type { ReplicaStatus, StoreError } from '../protocol/index.js';
import { BeginsAnew } from './begins-anew.js';
import { Rejoin } from './rejoin.js';
import { refusalProblem } from './replica-problem.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { WalRefusal } from './wal-recovery.js';

/** How often it asks. */
const ASK_MS = 1000;

/**
 * A replica whose files cannot be used: it votes for nobody, stores nothing, serves nothing, and says why. The others go on as if
 * it were down. Where the files are its own it begins anew as soon as it knows bounds for what it has promised; else it lives on,
 * since a restart would read the same files again.
 */
export function refusedReplica(
  context: ActorContext,
  settings: ReplicaSettings,
  refusal: WalRefusal,
  disk: Disk,
): Behaviour<ReplicaProtocol> {
  const { log, clock } = context;
  const rejoin = new Rejoin(settings, refusal, disk);
  const ask = (id: ActorId): void => {
    if (rejoin.possible && id !== settings.id && settings.nodeOf(id) !== undefined)
      context.tell(context.ref<ReplicaProtocol>(id), 'placeAsk', {});
  };
  const askAll = (): void => {
    const known = new Set([...settings.peers, ...settings.known].map(({ id }) => id));
    for (const id of known) ask(id);
    clock.after(ASK_MS, askAll);
  };
  const problem = refusalProblem(refusal, settings);
  const status = refusedStatus(settings, problem);
  const error: StoreError = { code: 'corrupt', message: `${settings.id}: ${problem}` };
  const ignore = (): void => undefined;
  const refuse = (call: { reply(reply: ReturnType<typeof failed<StoreError>>): void }): void => {
    call.reply(failed(error));
  };
  return {
    start: () => {
      log.error('the replica refuses to start', { ...refusal, problem });
      if (rejoin.possible) askAll();
    },
    tells: {
      raft: ignore,
      snapshotChunk: ignore,
      snapshotAck: ignore,
      election: ignore,
      voteWithheld: ignore,
      repair: ignore,
      invite: ignore,
      hashAsk: ignore,
      hashAnswer: ignore,
      leaving: ignore,
      removed: ignore,
      refill: ignore,
      placeAsk: ignore,
      place: (from, place) => {
        const id = settings.nodeOf(from.id);
        if (id === undefined || !rejoin.answered(id, place)) return;
        context.crash(new BeginsAnew(settings.id, refusal.reason));
      },
    },
    asks: {
      range: refuse,
      txn: refuse,
      compact: refuse,
      leaseGrant: refuse,
      leaseRevoke: refuse,
      leaseKeepAlive: refuse,
      leaseTimeToLive: refuse,
      leases: refuse,
      alarm: refuse,
      hashKv: refuse,
      watchProgress: refuse,
      status: (call) => {
        call.reply(status);
      },
      memberList: refuse,
      memberAdd: refuse,
      memberPromote: refuse,
      memberRemove: refuse,
      moveLeader: refuse,
    },
    streams: {
      watch: (call) => {
        call.fail(error);
      },
    },
    peerUp: ({ id }) => {
      ask(id);
    },
    report: () => ({ status, elections: [] }),
  };
}

function refusedStatus({ id }: ReplicaSettings, problem: string): ReplicaStatus {
  return {
    id,
    role: null,
    leader: null,
    term: term(0),
    lastIndex: logIndex(0),
    commitIndex: logIndex(0),
    appliedIndex: logIndex(0),
    revision: revision(0),
    compactRevision: revision(0),
    keys: 0,
    dbSizeBytes: 0,
    state: 'refused',
    problem,
  };
}
