import { ok } from '../base/index.js';
import type { ActorContext, Behaviour, BehaviourFactory } from '../actor/index.js';
import type { TxnResponse } from '../mvcc/index.js';
import type { CommandResponse } from './command.js';
import { describeStoreRequest } from './describe-request.js';
import type { ReplicaPorts } from './replica-ports.js';
import type { ReplicaConfig, ReplicaProtocol } from './replica-protocol.js';
import { openReplica } from './open-replica.js';
import { refusedReplica } from './refused-replica.js';
import { openOrWait } from './waiting-replica.js';
import { wrongResponse } from './wrong-response.js';
import { ReplicaSelf } from './replica-self.js';
import { replicaSettings } from './replica-settings.js';
import { messageFromWire } from './raft-wire.js';
import { ReplicaActor } from './replica-actor.js';
import { ReplicaParts } from './replica-parts.js';

/** A member of the replicated store, as an actor. Where its files cannot be used it takes no part, and says why. */
export function storeReplica(
  ports: ReplicaPorts,
): BehaviourFactory<ReplicaProtocol, ReplicaConfig> {
  return (context, config) => {
    const settings = replicaSettings(config);
    const self = new ReplicaSelf(context, settings, ports);
    const { disk } = self;
    const open = (): Behaviour<ReplicaProtocol> => {
      const opened = openReplica(context, settings, disk);
      if (!opened.ok) return refusedReplica(context, settings, opened.error, disk);
      const parts = new ReplicaParts({ context, settings, ports, self }, opened.value);
      return behaviourOf(new ReplicaActor(parts), context);
    };
    return openOrWait({ context, settings, disk, open });
  };
}

function txnResponse(response: CommandResponse): TxnResponse {
  if (response.type !== 'txn') throw wrongResponse(response.type);
  return response.response;
}

function behaviourOf(replica: ReplicaActor, context: ActorContext): Behaviour<ReplicaProtocol> {
  const { requests } = replica.parts;
  return {
    start: () => {
      replica.start();
    },
    tells: {
      raft: (from, message) => {
        replica.raftArrived(from, message.map(messageFromWire));
      },
      snapshotChunk: (from, chunk) => {
        replica.chunkArrived(from, chunk);
      },
      snapshotAck: (from, ack) => {
        replica.ackArrived(from, ack);
      },
      election: (from, message) => {
        replica.electionTold(from, message.evidence);
      },
      voteWithheld: (from) => {
        replica.parts.elections.voteWithheld(from);
      },
      repair: (from, message) => {
        replica.repairAsked(from, message.commitIndex);
      },
      invite: () => {
        replica.invited();
      },
      hashAsk: (from, ask) => {
        replica.parts.upkeep.hashAsked(from.id, ask);
      },
      hashAnswer: (from, answer) => {
        replica.parts.upkeep.hashAnswered(from.id, answer);
      },
      refill: (from, { lastIndex }) => {
        replica.parts.refill.offered(from.id, lastIndex);
      },
      placeAsk: (from) => {
        replica.placeAsked(from);
      },
      // An answer to an earlier life of this replica, which did not know.
      place: () => undefined,
      disk: (from, { takesWrites }) => {
        const id = replica.parts.settings.nodeOf(from.id);
        if (id !== undefined) replica.parts.diskHandover.told(id, takesWrites);
      },
      leaving: (from, message) => {
        replica.parts.elections.leaderLeaves(from, message.why);
      },
      removed: () => {
        replica.parts.members.senders.toldRemoved();
      },
    },
    asks: {
      range: (call) => {
        requests.range(call);
      },
      txn: (call) => {
        const { request } = call;
        requests.write(call, { type: 'txn', request, session: request.session }, txnResponse);
      },
      compact: (call) => {
        replica.parts.maintenance.compact(call);
      },
      leaseGrant: (call) => {
        requests.write(call, { type: 'leaseGrant', ...call.request }, (response) => {
          if (response.type !== 'leaseGrant') throw wrongResponse(response.type);
          return { id: response.id, ttlSeconds: response.ttlSeconds };
        });
      },
      leaseRevoke: (call) => {
        requests.write(call, { type: 'leaseRevoke', id: call.request.id }, () => ({}));
      },
      leaseKeepAlive: (call) => {
        replica.parts.leases.keepAlive(call);
      },
      leaseTimeToLive: (call) => {
        replica.parts.leases.timeToLive(call);
      },
      leases: (call) => {
        replica.parts.leases.list(call);
      },
      alarm: (call) => {
        replica.parts.maintenance.alarm(call);
      },
      hashKv: (call) => {
        replica.parts.maintenance.hashKv(call);
      },
      watchProgress: (call) => {
        replica.parts.watches.requestProgress(call.from.id);
        call.reply(ok({ header: requests.header() }));
      },
      status: (call) => {
        call.reply(replica.status());
      },
      memberList: (call) => {
        replica.parts.members.list(call);
      },
      memberAdd: (call) => {
        replica.parts.members.add(call);
      },
      memberPromote: (call) => {
        replica.parts.members.promote(call);
      },
      memberRemove: (call) => {
        replica.parts.members.remove(call);
      },
      moveLeader: (call) => {
        replica.parts.members.moveLeader(call);
      },
      figures: (call) => {
        call.reply(replica.figures());
      },
    },
    streams: {
      watch: (call) => {
        replica.parts.watches.serve(call);
      },
      snapshot: (call) => {
        replica.parts.backups.serve(call);
      },
      elections: (call) => {
        replica.parts.elections.followers.serve(call);
      },
    },
    peerUp: (peer) => {
      replica.peerUp(peer);
    },
    peerDown: (peer, cause) => {
      replica.peerDown(peer, cause);
    },
    peerExited: (peer, exit) => {
      replica.parts.elections.peerExited(peer, exit);
    },
    turnEnd: () => {
      replica.turnEnd();
    },
    inject: (fault) => replica.inject(fault),
    describe: describeStoreRequest,
    report: () => replica.report(),
    stop: () => replica.stop(context),
  };
}
