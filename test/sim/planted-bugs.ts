import type { BehaviourFactory, Protocol } from '../../src/actor/index.js';
import type { Disk, DiskFile } from '../../src/base/index.js';
import type { Message } from '../../src/raft/index.js';
import type { PlantedBug } from '../../src/sim/index.js';

/** Bugs that a store must not have, each made on purpose outside of the production code. */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'syncs are skipped': {
    disk: (disk) => withFiles(disk, (file) => ({ ...file, datasync: () => undefined })),
  },
  'a vote is never refused': { replica: (factory) => withMessages(factory, grantEveryVote) },
  'entries are acknowledged before they are stored': {
    replica: (factory) => withMessages(factory, acknowledgeAll),
  },
  'a read is answered by any replica': { serializableReads: true },
};

function withFiles(disk: Disk, change: (file: DiskFile) => DiskFile): Disk {
  return { ...disk, open: (path, mode) => change(disk.open(path, mode)) };
}

function grantEveryVote(message: Message): Message {
  return message.type === 'MsgVoteResp' || message.type === 'MsgPreVoteResp'
    ? { ...message, reject: false }
    : message;
}

/** A follower says that it has what the leader has only just made. */
function acknowledgeAll(message: Message): Message {
  return message.type === 'MsgAppResp' && !message.reject && message.index > 0
    ? { ...message, index: (message.index + 1) as Message['index'] }
    : message;
}

/** Changes Raft's messages on their way out of a replica. */
function withMessages<P extends Protocol, C>(
  factory: BehaviourFactory<P, C>,
  change: (message: Message) => Message,
): BehaviourFactory<P, C> {
  return (context, config) => {
    const tell = (to: never, operation: string, message: unknown): boolean => {
      const { messages } = message as { messages?: readonly Message[] };
      const changed =
        operation === 'raft' && messages !== undefined
          ? { messages: messages.map(change) }
          : message;
      return context.tell(to, operation as never, changed as never);
    };
    return factory({ ...context, tell }, config);
  };
}
