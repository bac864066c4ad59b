import type { ActorContext, Behaviour } from '../actor/index.js';
import { failed, logIndex, revision, term } from '../base/index.js';
import type { ReplicaStatus, StoreError } from '../protocol/index.js';
import { refusalProblem } from './replica-problem.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';
import type { WalRefusal } from './wal-recovery.js';

/**
 * A replica whose files cannot be used: it votes for nobody, stores nothing, serves nothing, writes nothing, and says why.
 * It lives on, since a restart would read the same files again; the others go on as if it were down.
 */
export function refusedReplica(
  { log }: Pick<ActorContext, 'log'>,
  settings: ReplicaSettings,
  refusal: WalRefusal,
): Behaviour<ReplicaProtocol> {
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
