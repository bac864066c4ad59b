import {
  assert,
  assertDefined,
  randomBelow,
  randomChance,
  randomPick,
} from '../../src/base/index.js';
import type { LogIndex, NodeId, Random } from '../../src/base/index.js';
import {
  confChangeV2,
  decodeConfChange,
  isEmptyHardState,
  isLocalTarget,
  MemoryStorage,
  newRawNode,
} from '../../src/raft/index.js';
import type {
  ConfChangeSingle,
  ConfState,
  Entry,
  Message,
  RawNode,
  Snapshot,
  Storage,
} from '../../src/raft/index.js';
import { bootStorage, bytes, SILENT, text } from './cluster.js';

/**
 * A group whose members tick, crash, restart, change, compact and lose messages at random, with
 * storage writes in one go or pipelined. What Raft promises (Raft §5, figure 3) is asserted as it
 * runs.
 */
export interface World {
  readonly random: Random;
  readonly options: WorldOptions;
  readonly nodes: WorldNode[];
  messages: Message[];
  /** The entry that was first applied at each index, and the state after it. */
  readonly history: Map<number, { readonly entry: string; readonly state: string }>;
  readonly leaders: Map<number, number>;
  proposals: number;
}

export interface WorldOptions {
  readonly asyncStorageWrites: boolean;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly membership: boolean;
}

interface WorldNode {
  readonly id: NodeId;
  readonly storage: MemoryStorage;
  /** Null while it is down. */
  raw: RawNode | null;
  /** What its two storage threads have still to do: lost in a crash. */
  work: Message[];
  applied: number;
  /** A hash of all that was applied, in place of a state machine. */
  state: string;
  confState: ConfState;
}

export function newWorld(random: Random, options: WorldOptions, size: number): World {
  const world: World = {
    random,
    options,
    nodes: [],
    messages: [],
    history: new Map(),
    leaders: new Map(),
    proposals: 0,
  };
  const voters = options.membership ? [1, 2, 3] : Array.from({ length: size }, (_, at) => at + 1);
  for (let id = 1; id <= size; id++) {
    const storage = voters.includes(id) ? bootStorage(voters) : new MemoryStorage();
    const { confState } = storage.initialState();
    const node: WorldNode = {
      id: id as NodeId,
      storage,
      raw: null,
      work: [],
      applied: 0,
      state: '',
      confState,
    };
    world.nodes.push(node);
    start(world, node);
  }
  return world;
}

function start(world: World, node: WorldNode): void {
  const snapshot = node.storage.snapshot();
  assert(snapshot.ok, 'memory has a snapshot');
  loadSnapshot(node, snapshot.value);
  node.work = [];
  node.raw = newRawNode({
    id: node.id,
    electionTick: 10,
    heartbeatTick: 1,
    maxSizePerMsg: 40,
    maxCommittedSizePerReady: 60,
    maxInflightMsgs: 4,
    random: world.random,
    log: SILENT,
    storage: withStateSnapshot(node),
    applied: node.applied as LogIndex,
    asyncStorageWrites: world.options.asyncStorageWrites,
    preVote: world.options.preVote,
    checkQuorum: world.options.checkQuorum,
    stepDownOnRemoval: true,
    trace: (event) => {
      if (event.type !== 'role-changed' || event.role !== 'leader') return;
      const other = world.leaders.get(event.term);
      assert(other === undefined || other === node.id, `two leaders in term ${String(event.term)}`);
      world.leaders.set(event.term, node.id);
    },
  });
}

function loadSnapshot(node: WorldNode, snapshot: Snapshot): void {
  node.applied = snapshot.metadata.index;
  node.confState = snapshot.metadata.confState;
  node.state = text(snapshot.data);
}

/** A leader sends the state that it has now. */
function withStateSnapshot(node: WorldNode): Storage {
  const { storage } = node;
  return {
    initialState: () => storage.initialState(),
    entries: (lo, hi, maxSizeBytes) => storage.entries(lo, hi, maxSizeBytes),
    term: (index) => storage.term(index),
    firstIndex: () => storage.firstIndex(),
    lastIndex: () => storage.lastIndex(),
    snapshot: () => {
      takeSnapshot(node);
      return storage.snapshot();
    },
  };
}

function takeSnapshot(node: WorldNode): void {
  const current = node.storage.snapshot();
  if (!current.ok || node.applied <= current.value.metadata.index) return;
  if (node.applied > node.storage.lastIndex()) return;
  const taken = node.storage.createSnapshot(
    node.applied as LogIndex,
    node.confState,
    bytes(node.state),
  );
  assert(taken.ok, 'the state is newer than the last snapshot');
  // What is applied is committed, though the pipelined write that says so may not have been done
  // yet.
  const { hardState } = node.storage.initialState();
  const commit = Math.max(hardState.commit, node.applied) as LogIndex;
  node.storage.setHardState({ ...hardState, commit });
}

/** One random event. */
export function turn(world: World): void {
  const node = randomPick(world.random, world.nodes);
  const { raw } = node;
  if (raw === null) {
    if (randomChance(world.random, 0.1)) start(world, node);
    return;
  }
  const die = randomBelow(world.random, 1000);
  if (die < 300) raw.tick();
  else if (die < 600) deliverOne(world);
  else if (die < 900) work(world, node, raw);
  else if (die < 960) propose(world, raw);
  else if (die < 970) compact(world, node);
  else if (die < 980) changeMembers(world, raw);
  else if (die < 985) raw.transferLeader(randomPick(world.random, world.nodes).id);
  else if (die < 990) raw.forgetLeader();
  else if (die < 995) node.raw = null;
  else raw.reportUnreachable(randomPick(world.random, world.nodes).id);
}

/** Any message, so that they overtake each other; some are lost, some come twice. */
function deliverOne(world: World): void {
  if (world.messages.length === 0) return;
  const at = randomBelow(world.random, world.messages.length);
  const message = assertDefined(world.messages[at], 'message');
  if (!randomChance(world.random, 0.05)) world.messages.splice(at, 1);
  deliver(world, message, randomChance(world.random, 0.1));
}

/** What becomes of a snapshot has to be reported to its sender, losses too. */
function deliver(world: World, message: Message, lost = false): void {
  const node = world.nodes[message.to - 1];
  const taken = !lost && (node?.raw?.step(message).ok ?? false);
  if (message.type !== 'MsgSnap') return;
  const sender = world.nodes[message.from - 1];
  sender?.raw?.reportSnapshot(message.to, taken ? 'SnapshotFinish' : 'SnapshotFailure');
}

function propose(world: World, raw: RawNode): void {
  world.proposals++;
  raw.propose(bytes(`p${String(world.proposals)}`));
}

function compact(world: World, node: WorldNode): void {
  takeSnapshot(node);
  const snapshot = node.storage.snapshot();
  if (!snapshot.ok) return;
  const { index } = snapshot.value.metadata;
  if (randomChance(world.random, 0.5) && index >= node.storage.firstIndex())
    node.storage.compact(index);
}

function changeMembers(world: World, raw: RawNode): void {
  if (!world.options.membership || raw.basicStatus().raftState !== 'StateLeader') return;
  const count = 1 + randomBelow(world.random, 2);
  const changes = Array.from(
    { length: count },
    (): ConfChangeSingle => ({
      type: randomPick(world.random, [
        'ConfChangeAddNode',
        'ConfChangeAddNode',
        'ConfChangeAddLearnerNode',
        'ConfChangeRemoveNode',
      ] as const),
      nodeId: randomPick(world.random, world.nodes).id,
    }),
  );
  // A change that would leave no voter must not be proposed: that is the host's part of the
  // contract.
  const { config } = raw.status();
  const kept = config.voters.filter((id) => changes.every(({ nodeId }) => nodeId !== id));
  if (kept.length > 0) raw.proposeConfChange(confChangeV2(changes));
}

/** Handles a Ready, or with asynchronous writes perhaps the oldest work of a storage thread. */
function work(world: World, node: WorldNode, raw: RawNode): void {
  const oldest = node.work[0];
  if (oldest !== undefined && randomChance(world.random, 0.5)) {
    node.work.shift();
    doWork(world, node, oldest);
    return;
  }
  if (!raw.hasReady()) return;
  const ready = raw.ready();
  for (const message of ready.messages) {
    if (isLocalTarget(message.to)) node.work.push(message);
    else world.messages.push(message);
  }
  if (world.options.asyncStorageWrites) return;
  if (ready.snapshot !== undefined) installSnapshot(world, node, ready.snapshot);
  node.storage.append(ready.entries);
  if (ready.hardState !== undefined) node.storage.setHardState(ready.hardState);
  apply(world, node, ready.committedEntries);
  raw.advance();
}

function doWork(world: World, node: WorldNode, message: Message): void {
  if (message.type === 'MsgStorageAppend') {
    const { term, vote, commit } = message;
    const hardState = { term, vote, commit };
    if (message.snapshot !== null) installSnapshot(world, node, message.snapshot);
    node.storage.append(message.entries);
    if (!isEmptyHardState(hardState)) node.storage.setHardState(hardState);
  } else {
    apply(world, node, message.entries);
  }
  for (const response of message.responses) {
    if (response.to === node.id) node.raw?.step(response);
    else world.messages.push(response);
  }
}

function installSnapshot(world: World, node: WorldNode, snapshot: Snapshot): void {
  assert(node.storage.applySnapshot(snapshot).ok, 'a snapshot is newer than the last');
  loadSnapshot(node, snapshot);
  const known = world.history.get(snapshot.metadata.index);
  assert(known === undefined || known.state === node.state, 'a snapshot holds another state');
}

/** State machine safety (Raft §5.4.3): what one applied at an index, all apply there. */
function apply(world: World, node: WorldNode, entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (node.raw?.superseded(entry.index) === true) return;
    assert(entry.index === node.applied + 1, 'an entry is skipped or applied twice');
    const described = `${String(entry.term)} ${entry.type} ${text(entry.data)}`;
    const state = nextState(node.state, described);
    const known = world.history.get(entry.index);
    assert(
      known === undefined || known.entry === described,
      'two entries are applied at one index',
    );
    assert(known === undefined || known.state === state, 'two states at one index');
    world.history.set(entry.index, { entry: described, state });
    node.applied = entry.index;
    node.state = state;
    const change = decodeConfChange(entry);
    if (change !== null) node.confState = assertDefined(node.raw, 'node').applyConfChange(change);
  }
}

/** FNV-1a, chained. */
function nextState(state: string, entry: string): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes(`${state}/${entry}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16);
}

/** Log matching (Raft §5.3): where two logs agree in index and term, they agree in all before. */
export function checkLogMatching(world: World): void {
  for (const a of world.nodes) for (const b of world.nodes) checkPair(a.storage, b.storage);
}

function checkPair(a: MemoryStorage, b: MemoryStorage): void {
  const first = Math.max(a.firstIndex(), b.firstIndex());
  let agreed = false;
  for (let index = Math.min(a.lastIndex(), b.lastIndex()); index >= first; index--) {
    const left = a.term(index as LogIndex);
    const right = b.term(index as LogIndex);
    const same = left.ok && right.ok && left.value === right.value;
    assert(same || !agreed, 'logs agree at an index but not before it');
    agreed ||= same;
  }
}

/**
 * All come back and nothing is lost any more: the group must agree on one state within bounded
 * time.
 */
export function heal(world: World): void {
  for (const node of world.nodes) if (node.raw === null) start(world, node);
  for (let round = 0; round < 600; round++) {
    for (const node of world.nodes) node.raw?.tick();
    settle(world);
  }
  const leader = newestLeader(world);
  const { raw } = leader;
  assert(raw?.propose(bytes('last')).ok === true, 'the leader drops a proposal');
  settle(world);
  for (let round = 0; round < 5; round++) {
    raw.tick();
    settle(world);
  }
  const { voters } = leader.confState;
  for (const node of world.nodes.filter(({ id }) => voters.includes(id))) {
    assert(node.applied === leader.applied, `${String(node.id)} did not catch up`);
    assert(node.state === leader.state, `${String(node.id)} has another state`);
  }
  assert(leader.applied >= Math.max(0, ...world.history.keys()), 'an applied entry is lost');
}

/** One that was removed, and does not know it, may still believe that it leads an older term. */
function newestLeader(world: World): WorldNode {
  const termOf = ({ raw }: WorldNode): number => raw?.basicStatus().hardState.term ?? 0;
  const leaders = world.nodes.filter(({ raw }) => raw?.basicStatus().raftState === 'StateLeader');
  const [newest] = leaders.sort((a, b) => termOf(b) - termOf(a));
  assert(newest !== undefined, 'no leader after the group healed');
  return newest;
}

function settle(world: World): void {
  for (let busy = true; busy; ) {
    busy = false;
    for (const node of world.nodes) {
      while (node.raw !== null && (node.raw.hasReady() || node.work.length > 0)) {
        work(world, node, node.raw);
        busy = true;
      }
    }
    const batch = world.messages;
    world.messages = [];
    for (const message of batch) deliver(world, message);
    busy ||= batch.length > 0;
  }
}
