import { assert, seededRandom } from '../../src/base/index.js';
import type { LogIndex, NodeId, Result, Term } from '../../src/base/index.js';
import {
  asV2,
  decodeConfChange,
  EMPTY_SNAPSHOT,
  MemoryStorage,
  newRawNode,
} from '../../src/raft/index.js';
import type {
  Config,
  Entry,
  Message,
  RawNode,
  Snapshot,
  Storage,
  StorageError,
} from '../../src/raft/index.js';
import type { InteractionLog } from './interaction-log.js';

/**
 * A node of the transcript: an appender, whose state is all that was ever applied, one after
 * another.
 */
export interface InteractionNode {
  readonly id: NodeId;
  readonly config: Config;
  /** Of its present life. */
  raw: RawNode;
  readonly storage: MemoryStorage;
  /** MsgStorageAppend that its append thread has still to do. */
  readonly appendWork: Message[];
  readonly applyWork: Message[];
  /** A snapshot for each applied entry; the newest is what a leader sends. */
  readonly history: Snapshot[];
}

/** A template of the harness: no limits, timeouts of 3 and 1 ticks. */
export type NodeOptions = Omit<Config, 'id' | 'storage' | 'random' | 'log'>;

export const DEFAULT_OPTIONS: NodeOptions = {
  electionTick: 3,
  heartbeatTick: 1,
  maxSizePerMsg: Infinity,
  maxInflightMsgs: 2 ** 31 - 1,
};

export function newInteractionNode(
  id: NodeId,
  options: NodeOptions,
  snapshot: Snapshot,
  log: InteractionLog,
): InteractionNode {
  const storage = new MemoryStorage();
  if (snapshot.metadata.index > 0) {
    const applied = storage.applySnapshot(snapshot);
    assert(applied.ok, 'a new storage takes any snapshot');
  }
  const history = [snapshot];
  const config: Config = {
    ...options,
    id,
    log,
    random: seededRandom(id),
    storage: withNewestSnapshot(storage, history),
  };
  return {
    id,
    config,
    raw: newRawNode(config),
    storage,
    appendWork: [],
    applyWork: [],
    history,
  };
}

/**
 * The node's process dies and comes back: it has what its storage holds, and nothing else. Writes that still waited for their
 * thread are lost. Its state machine begins again from the storage's snapshot, and applies what is committed behind it anew.
 */
export function restartNode(node: InteractionNode): void {
  node.appendWork.length = 0;
  node.applyWork.length = 0;
  const snapshot = node.storage.snapshot();
  assert(snapshot.ok, 'a memory storage has a snapshot');
  node.history.length = 0;
  node.history.push(snapshot.value);
  node.raw = newRawNode({ ...node.config, applied: snapshot.value.metadata.index });
}

function withNewestSnapshot(storage: MemoryStorage, history: readonly Snapshot[]): Storage {
  return {
    initialState: () => storage.initialState(),
    entries: (lo, hi, maxSizeBytes) => storage.entries(lo, hi, maxSizeBytes),
    term: (index) => storage.term(index),
    firstIndex: () => storage.firstIndex(),
    lastIndex: () => storage.lastIndex(),
    snapshot: () => ({ ok: true, value: newestSnapshot(history) }),
  };
}

export function newestSnapshot(history: readonly Snapshot[]): Snapshot {
  return history.at(-1) ?? EMPTY_SNAPSHOT;
}

/** What a bootstrapped group starts from: term 1, whoever is in it. */
export function bootstrapSnapshot(fields: {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  readonly index: LogIndex;
  readonly data: Uint8Array;
}): Snapshot {
  const { voters, learners, index, data } = fields;
  const confState = { voters, learners, votersOutgoing: [], learnersNext: [], autoLeave: false };
  return { metadata: { confState, index, term: 1 as Term }, data };
}

/** Appends each entry's data, or a change's context, to the state. */
export function applyEntries(node: InteractionNode, entries: readonly Entry[]): void {
  for (const entry of entries) {
    const last = newestSnapshot(node.history);
    const change = decodeConfChange(entry);
    const update = change === null ? entry.data : asV2(change).context;
    const confState = change === null ? last.metadata.confState : node.raw.applyConfChange(change);
    node.history.push({
      metadata: { confState, index: entry.index, term: entry.term },
      data: Uint8Array.from([...last.data, ...update]),
    });
  }
}

export interface StorageWrite {
  readonly hardState: Parameters<MemoryStorage['setHardState']>[0] | undefined;
  readonly entries: readonly Entry[];
  readonly snapshot: Snapshot | undefined;
}

export function writeStorage(
  node: InteractionNode,
  write: StorageWrite,
): Result<void, StorageError> {
  if (write.hardState !== undefined) node.storage.setHardState(write.hardState);
  if (write.snapshot !== undefined) {
    assert(write.entries.length === 0, "can't apply snapshot and entries at the same time");
    return node.storage.applySnapshot(write.snapshot);
  }
  node.storage.append(write.entries);
  return { ok: true, value: undefined };
}
