import { assert, failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import { createMvccLoader, createMvccStore } from '../mvcc/index.js';
import type { KeyValue, MvccLoader, MvccStore } from '../mvcc/index.js';
import { createAlarmTable } from './alarms.js';
import type { AlarmTable } from './alarms.js';
import type { CommandOutcome } from './command.js';
import { createMemberTable } from './member-table.js';
import type { MemberTable } from './member-table.js';
import { createSessionTable } from './session-table.js';
import type { SessionPart, SessionTable } from './session-table.js';
import { decodeChunk, STATE_SNAPSHOT_FORMAT_VERSION } from './state-chunk.js';
import type { StateChunk, StateSnapshotMeta, VersionRow } from './state-chunk.js';

/** What chunks hold, built anew. */
export interface RestoredState {
  readonly meta: StateSnapshotMeta;
  readonly mvcc: MvccStore;
  readonly sessions: SessionTable<CommandOutcome>;
  readonly alarms: AlarmTable;
  /** Undefined in an image of a time when members did not change. */
  readonly members: MemberTable | undefined;
}

/** Builds a state anew, chunk by chunk, beside the one that is in use. Each takes a few milliseconds, and the end no more. */
export interface StateRestorer {
  /** Takes the next chunk. Failed: why it is refused; the restorer is of no use then. */
  add(chunk: Uint8Array): Result<void, string>;
  /** The state. Failed: the last chunk has not come. */
  finish(): Result<RestoredState, string>;
}

export function createStateRestorer(): StateRestorer {
  const builder = createBuilder();
  let sequence = 0;
  return {
    add(chunk) {
      const content = decodeChunk(chunk, sequence);
      const problem = typeof content === 'string' ? content : builder.add(content);
      if (problem !== undefined) return failed(`chunk ${String(sequence)}: ${problem}`);
      sequence++;
      return ok(undefined);
    },
    finish() {
      const built = builder.finish();
      return built === undefined
        ? failed(`the end is missing after ${String(sequence)} chunks`)
        : ok(built);
    },
  };
}

interface Builder {
  /** Takes a chunk's content, or says why not. */
  add(chunk: StateChunk): string | undefined;
  /** Undefined where the last chunk has not come. */
  finish(): RestoredState | undefined;
}

function createBuilder(): Builder {
  let head: Extract<StateChunk, { type: 'head' }> | undefined;
  let loader: MvccLoader | undefined;
  let versions = 0;
  let ended = false;
  const sessions: RestoredSession[] = [];
  return {
    add(chunk) {
      if (ended) return 'after the end';
      if (chunk.type === 'head') {
        if (head !== undefined) return 'a second head';
        if (chunk.meta.formatVersion > STATE_SNAPSHOT_FORMAT_VERSION) {
          return `format version ${String(chunk.meta.formatVersion)} is not known`;
        }
        head = chunk;
        const { revision, compactRevision } = chunk.meta;
        loader = createMvccLoader({ revision, compactRevision, leases: chunk.leases });
        return undefined;
      }
      if (loader === undefined) return 'before the head';
      switch (chunk.type) {
        case 'versions':
          for (const row of chunk.rows) loader.append(versionOf(row));
          versions += chunk.rows.length;
          return undefined;
        case 'session':
          addSessionPart(sessions, chunk.session);
          return undefined;
        case 'end':
          ended = true;
          return chunk.versions === versions
            ? undefined
            : `${String(versions)} versions of ${String(chunk.versions)}`;
        default:
          return 'of an unknown type';
      }
    },
    finish() {
      if (!ended || head === undefined || loader === undefined) return undefined;
      const mvcc = createMvccStore(loader.finish());
      assert(mvcc.currentRevision === head.meta.revision, 'an image is at its revision');
      return {
        meta: head.meta,
        mvcc,
        sessions: createSessionTable({ sessions, evicted: head.evicted }),
        alarms: createAlarmTable(head.alarms),
        members: head.members === undefined ? undefined : createMemberTable(head.members),
      };
    },
  };
}

interface RestoredSession {
  readonly id: string;
  readonly answeredBelow: number;
  readonly outcomes: Map<number, CommandOutcome>;
}

function addSessionPart(
  sessions: RestoredSession[],
  { id, answeredBelow, outcomes }: SessionPart<CommandOutcome>,
): void {
  const last = sessions.at(-1);
  if (last?.id !== id) sessions.push({ id, answeredBelow, outcomes: new Map(outcomes) });
  else for (const [sequence, outcome] of outcomes) last.outcomes.set(sequence, outcome);
}

function versionOf(row: VersionRow): KeyValue {
  const [key, createRevision, modRevision, version, value, lease] = row;
  // A copy: the row's bytes are a view of the whole chunk, which would stay in memory with them.
  return { key, createRevision, modRevision, version, value: new Uint8Array(value), lease };
}
