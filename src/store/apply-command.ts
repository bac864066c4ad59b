import { assertNever, failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';
import type { MvccError, MvccStore, WatchHub } from '../mvcc/index.js';
import type { WriteSession } from '../protocol/index.js';
import type { AlarmTable } from './alarms.js';
import type { Command, CommandOutcome, CommandResponse } from './command.js';
import { costBytes } from './quota.js';
import type { SessionTable } from './session-table.js';
import { storeErrors } from './store-errors.js';

/** What commands change. */
export interface CommandTarget {
  readonly mvcc: MvccStore;
  readonly sessions: SessionTable<CommandOutcome>;
  readonly alarms: AlarmTable;
}

/** Applies one proposal, at the same entry on every replica with the same outcome. */
export function applyCommand(
  state: CommandTarget,
  hub: WatchHub,
  command: Command,
): CommandOutcome {
  const { mvcc } = state;
  switch (command.type) {
    case 'txn':
      return command.session === undefined
        ? applyTxn(state, hub, command)
        : applyOnce(state, hub, command, command.session);
    case 'compact':
      return outcomeOf(mvcc, mvcc.compact(command.revision), () => ({ type: 'compact' }));
    case 'leaseGrant':
      return (
        outOfSpace(state, command) ??
        outcomeOf(mvcc, mvcc.leaseGrant(command.id, command.ttlSeconds), ({ id, ttlSeconds }) => ({
          type: 'leaseGrant',
          id,
          ttlSeconds,
        }))
      );
    case 'leaseRevoke': {
      const revoked = revoke(mvcc, hub, command.id);
      return outcomeOf(mvcc, revoked, () => ({ type: 'leaseRevoke', ids: [command.id] }));
    }
    case 'leaseExpire': {
      const ids = command.ids.filter((id) => revoke(mvcc, hub, id).ok);
      return outcomeOf(mvcc, ok(ids), () => ({ type: 'leaseRevoke', ids }));
    }
    case 'leaseCheckpoint':
      for (const { id, remainingTtlSeconds } of command.leases)
        mvcc.leaseCheckpoint(id, remainingTtlSeconds);
      return outcomeOf(mvcc, ok({}), () => ({ type: 'leaseCheckpoint' }));
    case 'alarm':
      for (const alarm of command.alarms) state.alarms[command.action](alarm);
      return outcomeOf(mvcc, ok({}), () => ({ type: 'alarm', alarms: state.alarms.list() }));
    default:
      return assertNever(command, 'command');
  }
}

/** While the alarm is on, what would add to the store is refused, at the same entries on every replica. */
function outOfSpace(state: CommandTarget, command: Command): CommandOutcome | undefined {
  const refused = state.alarms.has('no-space') && costBytes(command) > 0;
  return refused ? failed(storeErrors.noSpace) : undefined;
}

type TxnCommand = Extract<Command, { readonly type: 'txn' }>;

function applyTxn(state: CommandTarget, hub: WatchHub, command: TxnCommand): CommandOutcome {
  const full = outOfSpace(state, command);
  if (full !== undefined) return full;
  const { mvcc } = state;
  const written = mvcc.txn(command.request);
  if (!written.ok) return refused(mvcc, written.error);
  const { response, changed } = written.value;
  hub.applied(changed);
  return ok({ type: 'txn', response, revision: mvcc.currentRevision });
}

function revoke(mvcc: MvccStore, hub: WatchHub, id: bigint): Result<object, MvccError> {
  const written = mvcc.leaseRevoke(id);
  if (written.ok) hub.applied(written.value.changed);
  return written;
}

/** Runs a write of a session unless it has run before. */
function applyOnce(
  state: CommandTarget,
  hub: WatchHub,
  command: TxnCommand,
  session: WriteSession,
): CommandOutcome {
  const admission = state.sessions.admit(session);
  switch (admission.type) {
    case 'repeated':
      return admission.outcome;
    case 'unknown':
      return failed({
        code: 'outcome-unknown',
        message: 'etcdserver: request timed out, possibly due to previous leader failure',
        details: { session: session.id, sequence: session.sequence },
      });
    case 'new': {
      const outcome = applyTxn(state, hub, command);
      state.sessions.record(session, outcome);
      return outcome;
    }
    default:
      return assertNever(admission, 'admission');
  }
}

function outcomeOf<T>(
  mvcc: MvccStore,
  result: Result<T, MvccError>,
  respond: (value: T) => CommandResponse,
): CommandOutcome {
  return result.ok
    ? ok({ ...respond(result.value), revision: mvcc.currentRevision })
    : refused(mvcc, result.error);
}

function refused(mvcc: MvccStore, { code, message }: MvccError): CommandOutcome {
  return code === 'compacted'
    ? failed({ code, message, details: { compactRevision: mvcc.compactRevision } })
    : failed({ code, message });
}
