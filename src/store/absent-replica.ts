import type { Behaviour } from '../actor/index.js';
import { failed, logIndex, revision, term } from '../base/index.js';
import type { ReplicaStatus, StoreError } from '../protocol/index.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';

/** What a replica does that takes no part: it votes for nobody, stores nothing, serves nothing, and says why. */
export function absentReplica(
  status: () => ReplicaStatus,
  error: () => StoreError,
): Pick<Behaviour<ReplicaProtocol>, 'tells' | 'asks' | 'streams'> & {
  report: () => Readonly<Record<string, unknown>>;
} {
  const ignore = (): void => undefined;
  const refuse = (call: { reply(reply: ReturnType<typeof failed<StoreError>>): void }): void => {
    call.reply(failed(error()));
  };
  return {
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
      disk: ignore,
      leaving: ignore,
      removed: ignore,
      refill: ignore,
      placeAsk: ignore,
      place: ignore,
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
        call.reply(status());
      },
      memberList: refuse,
      memberAdd: refuse,
      memberPromote: refuse,
      memberRemove: refuse,
      moveLeader: refuse,
      figures: (call) => {
        call.reply(null);
      },
    },
    streams: {
      watch: (call) => {
        call.fail(error());
      },
      snapshot: (call) => {
        call.fail(error());
      },
      elections: (call) => {
        call.fail(error());
      },
    },
    report: () => ({ status: status(), elections: [] }),
  };
}

export function absentStatus(
  { id }: ReplicaSettings,
  state: 'refused' | 'waiting',
  problem: string,
): ReplicaStatus {
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
    state,
    problem,
  };
}
