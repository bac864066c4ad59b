import { decodeConfChange } from './conf-change-codec.js';
import { asV2 } from './conf-change.js';
import type { ConfChange, ConfChangeSingle } from './conf-change.js';
import { isEmptyHardState, LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, NONE } from './message.js';
import type { ConfState, Entry, HardState, Message, Snapshot } from './message.js';
import { quoteBytes } from './quote.js';
import type { Ready, SoftState } from './ready.js';
import type { ProgressStatus } from './status.js';

/**
 * Texts of the engine's data, in the very words of etcd-io/raft: for logs, transcripts and people.
 */

export function hex(id: number): string {
  return id.toString(16);
}

export function describeHardState(state: HardState): string {
  const vote = state.vote === NONE ? '' : ` Vote:${state.vote}`;
  return `Term:${state.term}${vote} Commit:${state.commit}`;
}

export function describeSoftState(state: SoftState): string {
  return `Lead:${state.lead} State:${state.raftState}`;
}

function list(ids: readonly number[]): string {
  return `[${ids.join(' ')}]`;
}

export function describeConfState(state: ConfState): string {
  return (
    `Voters:${list(state.voters)} VotersOutgoing:${list(state.votersOutgoing)}` +
    ` Learners:${list(state.learners)} LearnersNext:${list(state.learnersNext)}` +
    ` AutoLeave:${state.autoLeave}`
  );
}

export function describeSnapshot(snapshot: Snapshot): string {
  const { index, term, confState } = snapshot.metadata;
  return `Index:${index} Term:${term} ConfState:${describeConfState(confState)}`;
}

const CHANGE_LETTERS = {
  ConfChangeAddNode: 'v',
  ConfChangeAddLearnerNode: 'l',
  ConfChangeRemoveNode: 'r',
  ConfChangeUpdateNode: 'u',
} as const;

/** `v1 l2 r3 u4`: voter 1, learner 2, remove 3, update 4. */
export function describeConfChanges(changes: readonly ConfChangeSingle[]): string {
  return changes.map(({ type, nodeId }) => `${CHANGE_LETTERS[type]}${nodeId}`).join(' ');
}

/** The long form, which log lines use. */
export function describeConfChange(change: ConfChange): string {
  const { transition, changes, context } = asV2(change);
  const singles = changes.map(({ type, nodeId }) => ` changes:{type:${type} node_id:${nodeId}}`);
  const suffix = context.length > 0 ? ` context:${quoteBytes(context)}` : '';
  return `transition:${transition}${singles.join('')}${suffix}`;
}

/** Prints the data of a normal entry; the default quotes it. */
export type EntryFormatter = (data: Uint8Array) => string;

export function describeEntry(entry: Entry, format: EntryFormatter = quoteBytes): string {
  const change = decodeConfChange(entry);
  const text = change === null ? format(entry.data) : describeConfChanges(asV2(change).changes);
  const suffix = text === '' ? '' : ` ${text}`;
  return `${entry.term}/${entry.index} ${entry.type}${suffix}`;
}

/** One line an entry, each with its newline. */
export function describeEntries(entries: readonly Entry[], format?: EntryFormatter): string {
  return entries.map((entry) => `${describeEntry(entry, format)}\n`).join('');
}

function describeTarget(id: number): string {
  if (id === NONE) return 'None';
  if (id === LOCAL_APPEND_THREAD) return 'AppendThread';
  if (id === LOCAL_APPLY_THREAD) return 'ApplyThread';
  return hex(id);
}

export function describeMessage(message: Message, format?: EntryFormatter, indent = ''): string {
  let out = `${indent}${describeTarget(message.from)}->${describeTarget(message.to)} ${message.type}`;
  out += ` Term:${message.term} Log:${message.logTerm}/${message.index}`;
  if (message.reject) out += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) out += ` Commit:${message.commit}`;
  if (message.vote !== 0) out += ` Vote:${message.vote}`;
  out += describeMessageEntries(message.entries, indent, format);
  if (message.snapshot !== null && message.snapshot.metadata.index !== 0) {
    out += `\n${indent}  Snapshot: ${describeSnapshot(message.snapshot)}`;
  }
  if (message.responses.length > 0) {
    const lines = message.responses.map(
      (each) => `\n${describeMessage(each, format, `${indent}  `)}`,
    );
    out += ` Responses:[${lines.join('')}\n${indent}]`;
  }
  return out;
}

function describeMessageEntries(
  entries: readonly Entry[],
  indent: string,
  format?: EntryFormatter,
): string {
  const [first] = entries;
  if (first === undefined) return '';
  if (entries.length === 1) return ` Entries:[${describeEntry(first, format)}]`;
  const lines = entries.map((entry) => `\n${indent}  ${describeEntry(entry, format)}`);
  return ` Entries:[${lines.join('')}\n${indent}]`;
}

export function describeReady(ready: Ready, format?: EntryFormatter): string {
  let out = '';
  if (ready.softState !== undefined) out += `${describeSoftState(ready.softState)}\n`;
  if (ready.hardState !== undefined && !isEmptyHardState(ready.hardState)) {
    out += `HardState ${describeHardState(ready.hardState)}\n`;
  }
  if (ready.readStates.length > 0) {
    const reads = ready.readStates.map(({ index, context }) => `{${index} ${list([...context])}}`);
    out += `ReadStates [${reads.join(' ')}]\n`;
  }
  if (ready.entries.length > 0) out += `Entries:\n${describeEntries(ready.entries, format)}`;
  if (ready.snapshot !== undefined) out += `Snapshot ${describeSnapshot(ready.snapshot)}\n`;
  if (ready.committedEntries.length > 0) {
    out += `CommittedEntries:\n${describeEntries(ready.committedEntries, format)}`;
  }
  if (ready.messages.length > 0) {
    out += `Messages:\n${ready.messages.map((each) => `${describeMessage(each, format)}\n`).join('')}`;
  }
  return out === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${out}`;
}

export function describeProgress(progress: ProgressStatus): string {
  let out = `${progress.state} match=${progress.match} next=${progress.next}`;
  if (progress.isLearner) out += ' learner';
  if (progress.paused) out += ' paused';
  if (progress.pendingSnapshot > 0) out += ` pendingSnap=${progress.pendingSnapshot}`;
  if (!progress.recentActive) out += ' inactive';
  if (progress.inflightMessages > 0) {
    out += ` inflight=${progress.inflightMessages}${progress.inflightFull ? '[full]' : ''}`;
  }
  return out;
}

/** One line a member, in rising order. */
export function describeProgressMap(members: ReadonlyMap<number, ProgressStatus>): string {
  return [...members].map(([id, each]) => `${id}: ${describeProgress(each)}\n`).join('');
}

function describeVoters(ids: readonly number[]): string {
  return `(${ids.map(hex).join(' ')})`;
}

/** `voters=(1 2)&&(1) learners=(3) learners_next=(4) autoleave`. */
export function describeConfig(config: ConfState): string {
  let out = `voters=${describeVoters(config.voters)}`;
  if (config.votersOutgoing.length > 0) out += `&&${describeVoters(config.votersOutgoing)}`;
  if (config.learners.length > 0) out += ` learners=${describeVoters(config.learners)}`;
  if (config.learnersNext.length > 0)
    out += ` learners_next=${describeVoters(config.learnersNext)}`;
  return config.autoLeave ? `${out} autoleave` : out;
}
