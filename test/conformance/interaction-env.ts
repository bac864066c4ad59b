import { assert, assertDefined } from '../../src/base/index.js';
import type { LogIndex, NodeId } from '../../src/base/index.js';
import {
  describeEntries,
  describeMessage,
  describeReady,
  isEmptyHardState,
  isLocalTarget,
  message,
} from '../../src/raft/index.js';
import type { Message, MessageType } from '../../src/raft/index.js';
import { newInteractionLog, withIndent } from './interaction-log.js';
import type { InteractionLog } from './interaction-log.js';
import { applyEntries, newestSnapshot, writeStorage } from './interaction-node.js';
import type { InteractionNode } from './interaction-node.js';

/** Nodes with consecutive ids from 1, and the messages between them that are under way. */
export interface InteractionEnv {
  readonly nodes: InteractionNode[];
  messages: Message[];
  readonly log: InteractionLog;
}

/** What a step of the harness fails with: a sentence, or null where it went well. */
export type Failure = string | null;

export function newInteractionEnv(): InteractionEnv {
  return { nodes: [], messages: [], log: newInteractionLog() };
}

export function nodeAt(env: InteractionEnv, id: number): InteractionNode {
  return assertDefined(env.nodes[id - 1], `node ${String(id)}`);
}

/** Takes one Ready of a node and does what it says, or queues it for the node's storage threads. */
export function processReady(env: InteractionEnv, node: InteractionNode): Failure {
  const ready = node.raw.ready();
  const isAsync = node.config.asyncStorageWrites ?? false;
  env.log.write(describeReady(ready));
  if (!isAsync) {
    const { hardState, entries, snapshot } = ready;
    const written = writeStorage(node, { hardState, entries, snapshot });
    if (!written.ok) return written.error.message;
    applyEntries(node, ready.committedEntries);
  }
  for (const each of ready.messages) {
    if (each.type === 'MsgStorageAppend') node.appendWork.push(each);
    else if (each.type === 'MsgStorageApply') node.applyWork.push(each);
    else env.messages.push(each);
  }
  if (!isAsync) node.raw.advance();
  return null;
}

/** Does the oldest work of the append thread, and sends what waited for it. */
export function processAppendThread(env: InteractionEnv, node: InteractionNode): Failure {
  const work = node.appendWork.shift();
  if (work === undefined) {
    env.log.write('no append work to perform');
    return null;
  }
  announceWork(env, work);
  const { term, vote, commit, entries, snapshot } = work;
  const hardState = { term, vote, commit };
  const written = writeStorage(node, {
    hardState: isEmptyHardState(hardState) ? undefined : hardState,
    entries,
    snapshot: snapshot ?? undefined,
  });
  if (!written.ok) return written.error.message;
  respond(env, work);
  return null;
}

/** Does the oldest work of the apply thread. */
export function processApplyThread(env: InteractionEnv, node: InteractionNode): Failure {
  const work = node.applyWork.shift();
  if (work === undefined) {
    env.log.write('no apply work to perform');
    return null;
  }
  announceWork(env, work);
  applyEntries(node, work.entries);
  respond(env, work);
  return null;
}

function announceWork(env: InteractionEnv, work: Message): void {
  env.log.write(`Processing:\n${describeMessage({ ...work, responses: [] })}\n`);
}

function respond(env: InteractionEnv, work: Message): void {
  env.log.write('Responses:\n');
  for (const response of work.responses) env.log.write(`${describeMessage(response)}\n`);
  env.messages.push(...work.responses);
}

export interface Recipient {
  readonly id: number;
  readonly drop: boolean;
}

/**
 * Delivers, or drops, what is under way to each recipient, in order. Returns how many messages that
 * were.
 */
export function deliverMessages(
  env: InteractionEnv,
  recipients: readonly Recipient[],
  type: MessageType | null,
): number {
  let count = 0;
  for (const recipient of recipients) {
    const matches = (each: Message): boolean => isFor(each, recipient, type);
    const batch = env.messages.filter(matches);
    env.messages = env.messages.filter((each) => !matches(each));
    count += batch.length;
    for (const each of batch) deliver(env, each, recipient.drop);
  }
  return count;
}

function deliver(env: InteractionEnv, each: Message, drop: boolean): void {
  env.log.write(`${drop ? 'dropped: ' : ''}${describeMessage(each)}\n`);
  if (drop) return;
  const result = nodeAt(env, each.to).raw.step(each);
  if (!result.ok) env.log.write(`${result.error.message}\n`);
}

/** A node's messages to itself, and with its threads, cannot get lost. */
function isFor(each: Message, recipient: Recipient, type: MessageType | null): boolean {
  const local = each.from === each.to || isLocalTarget(each.from) || isLocalTarget(each.to);
  return (
    each.to === recipient.id && !(recipient.drop && local) && (type === null || each.type === type)
  );
}

/** Goes round until nothing is left to do: Ready, messages, append threads, apply threads. */
export function stabilize(env: InteractionEnv, nodes: readonly InteractionNode[]): Failure {
  const phases = [stabilizeReady, stabilizeMessages, stabilizeAppend, stabilizeApply];
  for (let busy = true; busy; ) {
    busy = false;
    for (const phase of phases) {
      for (const node of nodes) {
        const outcome = phase(env, node);
        if (typeof outcome === 'string') return outcome;
        busy ||= outcome;
      }
    }
  }
  return null;
}

/** What one phase did: whether there was anything to do, or a failure. */
type PhaseOutcome = boolean | string;

function stabilizeReady(env: InteractionEnv, node: InteractionNode): PhaseOutcome {
  if (!node.raw.hasReady()) return false;
  return headed(env, node, 'handling Ready', () => processReady(env, node));
}

function stabilizeMessages(env: InteractionEnv, node: InteractionNode): PhaseOutcome {
  const recipient = { id: node.id, drop: false };
  if (!env.messages.some((each) => isFor(each, recipient, null))) return false;
  return headed(env, node, 'receiving messages', () => {
    deliverMessages(env, [recipient], null);
    return null;
  });
}

function stabilizeAppend(env: InteractionEnv, node: InteractionNode): PhaseOutcome {
  if (node.appendWork.length === 0) return false;
  return headed(env, node, 'processing append thread', () => {
    let failure: Failure = null;
    while (failure === null && node.appendWork.length > 0) failure = processAppendThread(env, node);
    return failure;
  });
}

function stabilizeApply(env: InteractionEnv, node: InteractionNode): PhaseOutcome {
  if (node.applyWork.length === 0) return false;
  return headed(env, node, 'processing apply thread', () => {
    while (node.applyWork.length > 0) processApplyThread(env, node);
    return null;
  });
}

/** Prints a header, and below it, indented, what `body` prints. */
export function headed(
  env: InteractionEnv,
  node: InteractionNode,
  what: string,
  body: () => Failure,
): true | string {
  env.log.write(`> ${String(node.id)} ${what}\n`);
  return withIndent(env.log, body) ?? true;
}

/** The stable log of a node. */
export function printLog(env: InteractionEnv, node: InteractionNode): Failure {
  const first = node.storage.firstIndex();
  const last = node.storage.lastIndex();
  if (last < first) {
    env.log.write(`log is empty: first index=${String(first)}, last index=${String(last)}`);
    return null;
  }
  const entries = node.storage.entries(first, (last + 1) as LogIndex, Infinity);
  if (!entries.ok) return entries.error.message;
  env.log.write(describeEntries(entries.value));
  return null;
}

/** Queues the newest snapshot of one node for another, whatever either thinks of that. */
export function sendSnapshot(env: InteractionEnv, from: InteractionNode, to: NodeId): void {
  const snapshot = newestSnapshot(from.history);
  assert(from.id !== to, 'a snapshot goes to another node');
  const { term } = from.raw.basicStatus().hardState;
  const sent = message({ type: 'MsgSnap', term, from: from.id, to, snapshot });
  env.messages.push(sent);
  env.log.write(describeMessage(sent));
}
