import { assert, assertDefined, seededRandom } from '../../src/base/index.js';
import type { Log, LogIndex, NodeId, Term } from '../../src/base/index.js';
import {
  decodeConfChange,
  EMPTY_BYTES,
  isNoOp,
  MemoryStorage,
  newRawNode,
} from '../../src/raft/index.js';
import type {
  Config,
  Entry,
  Message,
  RawNode,
  Ready,
  ReadState,
  Snapshot,
  TraceEvent,
} from '../../src/raft/index.js';

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export type MemberOptions = Partial<Omit<Config, 'id' | 'storage'>>;

/** A replica with a disk in memory, and all that came out of it. */
export interface Member {
  readonly id: NodeId;
  raw: RawNode;
  readonly storage: MemoryStorage;
  readonly options: MemberOptions;
  /** In order, no-ops and configuration changes included. */
  readonly applied: Entry[];
  readonly reads: ReadState[];
  readonly trace: TraceEvent[];
}

export interface Cluster {
  readonly members: ReadonlyMap<number, Member>;
  messages: Message[];
  /** What is true of a message is lost. */
  lost: (message: Message) => boolean;
}

/** The index of the snapshot that a group starts from, with all members as voters and term 1. */
export const BOOT_INDEX = 1;

export function bootStorage(voters: readonly number[]): MemoryStorage {
  const storage = new MemoryStorage();
  const booted = storage.applySnapshot(bootSnapshot(voters));
  assert(booted.ok, 'a new storage takes any snapshot');
  return storage;
}

function bootSnapshot(voters: readonly number[]): Snapshot {
  const confState = {
    voters: voters as NodeId[],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
  const metadata = { confState, index: BOOT_INDEX as LogIndex, term: 1 as Term };
  return { metadata, data: EMPTY_BYTES };
}

export function newMember(id: number, storage: MemoryStorage, options: MemberOptions = {}): Member {
  const trace: TraceEvent[] = [];
  const raw = newRawNode(configOf(id, storage, options, trace));
  return { id: id as NodeId, raw, storage, options, applied: [], reads: [], trace };
}

function configOf(
  id: number,
  storage: MemoryStorage,
  options: MemberOptions,
  trace: TraceEvent[],
): Config {
  return {
    electionTick: 10,
    heartbeatTick: 1,
    maxSizePerMsg: Infinity,
    maxInflightMsgs: 256,
    random: seededRandom(id),
    log: SILENT,
    trace: (event) => {
      trace.push(event);
    },
    ...options,
    id: id as NodeId,
    storage,
  };
}

/** Members 1 to `size`, all voters. */
export function newCluster(size: number, options: MemberOptions = {}): Cluster {
  const ids = Array.from({ length: size }, (_, at) => at + 1);
  const members = ids.map((id) => newMember(id, bootStorage(ids), options));
  return {
    members: new Map(members.map((each) => [each.id, each])),
    messages: [],
    lost: () => false,
  };
}

export function member(cluster: Cluster, id: number): Member {
  return assertDefined(cluster.members.get(id), `member ${String(id)}`);
}

/** A new life on the same disk: what was applied is applied again from the last snapshot on. */
export function restart(one: Member, options: MemberOptions = {}): void {
  one.applied.length = 0;
  one.reads.length = 0;
  one.raw = newRawNode(configOf(one.id, one.storage, { ...one.options, ...options }, one.trace));
}

/** Handles one Ready: disk, then messages, then the state machine. */
export function handleReady(one: Member): {
  readonly ready: Ready;
  readonly sent: readonly Message[];
} {
  const ready = one.raw.ready();
  if (ready.snapshot !== undefined) {
    assert(one.storage.applySnapshot(ready.snapshot).ok, 'the snapshot is newer');
  }
  one.storage.append(ready.entries);
  if (ready.hardState !== undefined) one.storage.setHardState(ready.hardState);
  one.reads.push(...ready.readStates);
  for (const entry of ready.committedEntries) {
    one.applied.push(entry);
    const change = decodeConfChange(entry);
    if (change !== null) one.raw.applyConfChange(change);
  }
  one.raw.advance();
  return { ready, sent: ready.messages };
}

/** Handles everything until nothing is left to do. */
export function settle(cluster: Cluster): void {
  for (let busy = true; busy; ) {
    busy = false;
    for (const one of cluster.members.values()) {
      while (one.raw.hasReady()) {
        cluster.messages.push(...handleReady(one).sent);
        busy = true;
      }
    }
    const batch = cluster.messages;
    cluster.messages = [];
    for (const message of batch) {
      busy = true;
      if (!cluster.lost(message)) cluster.members.get(message.to)?.raw.step(message);
    }
  }
}

export function elect(cluster: Cluster, id: number): void {
  member(cluster, id).raw.campaign();
  settle(cluster);
  const { raftState } = member(cluster, id).raw.basicStatus();
  assert(raftState === 'StateLeader', `member ${String(id)} is not elected`);
}

/** Cuts a member off from all others, both ways. */
export function cutOff(cluster: Cluster, id: number): void {
  cluster.lost = ({ from, to }) => (from === id) !== (to === id);
}

export function heal(cluster: Cluster): void {
  cluster.lost = () => false;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** The proposals that were applied, without no-ops and configuration changes. */
export function appliedTexts(one: Member): string[] {
  return one.applied
    .filter((entry) => entry.type === 'EntryNormal' && !isNoOp(entry))
    .map(({ data }) => text(data));
}

export function ticks(one: Member, count: number): void {
  for (let left = count; left > 0; left--) one.raw.tick();
}
