import type { Peer } from '../actor/index.js';
import type { ActorId, LogIndex } from '../base/index.js';
import type { Message, RawNode } from '../raft/index.js';
import { beyondLog, repairMessage, withholds, withoutCommit } from './log-repair.js';
import type { ReplicaLog } from './replica-log.js';
import type { ReplicaProtocol } from './replica-protocol.js';
import type { ReplicaSettings } from './replica-settings.js';

export interface ReplicaRepairParts {
  readonly settings: ReplicaSettings;
  readonly log: ReplicaLog;
  readonly node: RawNode;
  tell<K extends keyof ReplicaProtocol['tells']>(
    to: ActorId,
    type: K,
    message: ReplicaProtocol['tells'][K],
  ): void;
  send(messages: readonly Message[]): void;
}

/** Both sides of the mending of a damaged log: the replica that lost entries, and the leader that still has them. */
export class ReplicaRepair {
  readonly #parts: ReplicaRepairParts;

  constructor(parts: ReplicaRepairParts) {
    this.#parts = parts;
  }

  get underway(): boolean {
    return this.#parts.log.repair !== undefined;
  }

  /** Hands a message to Raft, but for what a replica whose log is being mended must not answer. */
  step(from: Peer, message: Message): void {
    const { node, log } = this.#parts;
    const { repair, end } = log;
    if (repair === undefined) node.step(message);
    else if (beyondLog(message, end.lastIndex)) return;
    else if (!withholds(message, repair)) node.step(withoutCommit(message));
    else if (message.type !== 'MsgTimeoutNow')
      this.#parts.tell(from.id, 'voteWithheld', { term: message.term });
  }

  /** Asks the leader for the entries behind the commit index. */
  ask(): void {
    const { node, settings } = this.#parts;
    const { lead, hardState } = node.basicStatus();
    if (lead !== 0)
      this.#parts.tell(settings.actorOf(lead), 'repair', { commitIndex: hardState.commit });
  }

  asked(from: Peer, followerCommit: LogIndex): void {
    const { node, settings, log } = this.#parts;
    const to = settings.nodeOf(from.id);
    const { hardState, raftState } = node.basicStatus();
    if (to === undefined || raftState !== 'StateLeader') return;
    const place = { from: settings.nodeId, to, term: hardState.term };
    const message = repairMessage(log.storage, place, followerCommit, hardState.commit);
    if (message !== undefined) this.#parts.send([message]);
  }
}
