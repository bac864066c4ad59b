import { type ActorId, assert, assertNever } from '../base/index.js';
import { isSupervisor } from './child-spec.js';
import { deleteChild, restartChild, startChild, terminateChild } from './dynamic-children.js';
import { backoffMs, crashesInPeriod } from './restart-policy.js';
import {
  arm,
  childOf,
  findChild,
  membersOf,
  regroupAround,
  scheduleStart,
  startGroup,
  stopNext,
} from './supervisor-group.js';
import {
  type ChildState,
  type DeathCause,
  type Exit,
  isAlive,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorState,
} from './supervisor-state.js';

type ExitedEvent = Extract<SupervisorEvent, { type: 'exited' }>;

/**
 * OTP's supervisor as a pure decision: what to do now, given what happened. It changes `state`, and the host carries out the
 * effects in order. Beyond OTP: backoff between repeated crashes, kills made on purpose that count for nothing, and
 * a parallel start.
 */
export function decide(state: SupervisorState, event: SupervisorEvent): SupervisorEffect[] {
  const effects: SupervisorEffect[] = [];
  switch (event.type) {
    case 'start':
      assert(state.phase === 'idle', 'a supervisor starts once');
      state.phase = 'starting';
      break;
    case 'ready':
      markReady(state, event.id, event.incarnation);
      break;
    case 'exited':
      exited(state, event, effects);
      break;
    case 'timer':
      timerFired(state, event.id, event.timer, effects);
      break;
    case 'doomed':
      doomed(state, event.id, event.incarnation, event.message, event.code, effects);
      break;
    case 'kill':
      killed(state, event.id, event.holdMs, effects);
      break;
    case 'release':
      if (childOf(state, event.id).phase === 'held') startGroup(state, event.id);
      break;
    case 'start-child':
      startChild(state, event.spec, event.past);
      break;
    case 'terminate-child':
      terminateChild(state, event.id, effects);
      break;
    case 'restart-child':
      restartChild(state, event.id);
      break;
    case 'delete-child':
      deleteChild(state, event.id);
      break;
    case 'stop':
      if (state.phase !== 'ended') state.phase = 'stopping';
      break;
    default:
      assertNever(event, 'supervisor event');
  }
  moveOn(state, event.nowMs, effects);
  return effects;
}

/** What follows from the state alone, whatever the event was. */
function moveOn(state: SupervisorState, nowMs: number, effects: SupervisorEffect[]): void {
  if (state.phase === 'stopping') {
    if (stopNext(state, [...state.children], effects)) return;
    state.phase = 'ended';
    effects.push({ type: 'ended', failure: state.failure });
    return;
  }
  if (state.phase !== 'starting' && state.phase !== 'running') return;
  if (state.regroup !== undefined) {
    const { leader, delayMs } = state.regroup;
    if (stopNext(state, membersOf(state, leader), effects)) return;
    state.regroup = undefined;
    scheduleStart(state, childOf(state, leader), nowMs, delayMs, effects);
  }
  spawnWaiting(state, effects);
  if (
    state.phase === 'starting' &&
    state.children.every(({ phase }) => ['running', 'stopped', 'failed'].includes(phase))
  ) {
    state.phase = 'running';
    effects.push({ type: 'ready' });
  }
}

function spawnWaiting(state: SupervisorState, effects: SupervisorEffect[]): void {
  for (const child of state.children) {
    const inOrder = state.spec.startOrder === 'sequential';
    if (inOrder && child.phase === 'starting') return;
    if (child.phase !== 'waiting') continue;
    child.phase = 'starting';
    child.doom = undefined;
    if (child.incarnation > 0) child.restarts++;
    child.incarnation++;
    effects.push({ type: 'spawn', id: child.spec.id, incarnation: child.incarnation });
    if (!isSupervisor(child.spec)) arm(state, child, child.spec.startTimeoutMs, effects);
    if (inOrder) return;
  }
}

function markReady(state: SupervisorState, id: ActorId, incarnation: number): void {
  const child = childOf(state, id);
  if (child.incarnation !== incarnation || child.phase !== 'starting') return;
  child.phase = 'running';
  child.timer = 0;
  child.onStartFailure = undefined;
}

function exited(state: SupervisorState, event: ExitedEvent, effects: SupervisorEffect[]): void {
  const child = childOf(state, event.id);
  if (child.incarnation !== event.incarnation || !isAlive(child)) return;
  const onRequest = child.phase === 'stopping' && child.doom === undefined;
  const death = deathOf(child, event.exit);
  const holdMs = child.doom?.kind === 'chaos' ? child.doom.holdMs : 0;
  const isMember =
    state.regroup !== undefined && membersOf(state, state.regroup.leader).includes(child);
  child.doom = undefined;
  child.timer = 0;
  child.lastDeath = death;
  const died = (delayMs: number | undefined): void => {
    const { crashesInRow } = child;
    effects.push({
      ...death,
      type: 'died',
      id: event.id,
      incarnation: event.incarnation,
      crashesInRow,
      delayMs,
    });
  };
  if (child.terminated) {
    child.terminated = false;
    child.phase = 'stopped';
    died(undefined);
    return;
  }
  if (child.onStartFailure !== undefined && state.phase !== 'stopping' && !isMember) {
    child.phase = 'failed';
    if (child.onStartFailure === 'forget')
      state.children = state.children.filter((each) => each !== child);
    child.onStartFailure = undefined;
    died(undefined);
    return;
  }
  const restart = child.spec.restart ?? 'permanent';
  // As in OTP, a permanent child that ends by itself counts as one that crashed: else it would restart without end.
  const counts =
    death.cause === 'crash' || (death.cause === 'normal' && restart === 'permanent' && !onRequest);
  if (counts) countCrash(state, child, event.nowMs, death.message);
  if (state.phase === 'stopping') {
    child.phase = 'stopped';
    died(undefined);
    return;
  }
  if (isMember && restart !== 'temporary') {
    child.phase = 'restarting';
    if (death.cause === 'normal')
      child.lastDeath = {
        cause: 'sibling',
        message: `restarts together with ${child.restartsWith}`,
        code: undefined,
      };
    else died(state.regroup?.delayMs);
    return;
  }
  if (
    death.cause !== 'chaos' &&
    (restart === 'temporary' || (restart === 'transient' && death.cause === 'normal'))
  ) {
    child.phase = death.cause === 'crash' ? 'failed' : 'stopped';
    died(undefined);
    return;
  }
  const wantedMs =
    death.cause === 'chaos'
      ? holdMs
      : backoffMs(state.spec.backoff, child.crashesInRow, event.draw);
  const delayMs = Math.max(
    wantedMs,
    isSupervisor(child.spec) ? 0 : (child.spec.restartDelayMs ?? 0),
  );
  child.phase = holdMs > 0 ? 'held' : 'restarting';
  died(delayMs);
  regroupAround(state, child, delayMs);
}

interface OwnDeath {
  readonly cause: DeathCause;
  readonly message: string;
  readonly code: string | undefined;
}

function deathOf({ doom, phase }: ChildState, exit: Exit): OwnDeath {
  if (doom?.kind === 'chaos')
    return { cause: 'chaos', message: 'killed on purpose', code: undefined };
  if (doom !== undefined) return { cause: 'crash', message: doom.message, code: doom.code };
  if (phase === 'stopping') {
    // It was asked to end: how it did so decides nothing, but is told.
    return exit.kind === 'normal'
      ? { cause: 'normal', message: 'stopped', code: undefined }
      : { cause: 'normal', message: `stopped, not cleanly: ${exit.message}`, code: exit.code };
  }
  // As in OTP, an end before it was ready is a failed start, however quiet.
  if (exit.kind === 'normal' && phase === 'starting')
    return { cause: 'crash', message: 'ended before it was ready', code: undefined };
  return exit.kind === 'crash'
    ? { cause: 'crash', message: exit.message, code: exit.code }
    : { cause: 'normal', message: 'ended', code: undefined };
}

/** Counts a crash, and gives up where there were too many. Changes the phase of the supervisor to `stopping` then. */
function countCrash(
  state: SupervisorState,
  child: ChildState,
  nowMs: number,
  message: string,
): void {
  const { intensity, periodMs } = state.spec;
  const repeated = nowMs - child.lastCrashMs <= periodMs;
  child.crashesInRow = repeated ? child.crashesInRow + 1 : 1;
  child.lastCrashMs = nowMs;
  if (state.phase === 'stopping') return;
  const startFailure = isSupervisor(child.spec)
    ? 'escalate'
    : (child.spec.startFailure ?? 'escalate');
  if (state.phase === 'starting' && startFailure === 'escalate') {
    giveUp(state, `${child.spec.id} did not start: ${message}`);
    return;
  }
  if ((child.spec.restart ?? 'permanent') === 'temporary') return;
  state.crashTimesMs = crashesInPeriod(state.crashTimesMs, nowMs, periodMs);
  const count = state.crashTimesMs.length;
  if (count > intensity) {
    giveUp(
      state,
      `${String(count)} crashes within ${String(periodMs / 1000)} s, the last of ${child.spec.id}: ${message}`,
    );
  }
}

function giveUp(state: SupervisorState, failure: string): void {
  state.failure = failure;
  state.phase = 'stopping';
}

function timerFired(
  state: SupervisorState,
  id: ActorId,
  timer: number,
  effects: SupervisorEffect[],
): void {
  const child = findChild(state, id);
  if (child?.timer !== timer) return;
  if (child.phase === 'starting') {
    assert(!isSupervisor(child.spec), 'a supervisor has no start timeout');
    doomed(
      state,
      id,
      child.incarnation,
      `not ready within ${String(child.spec.startTimeoutMs)} ms`,
      'ERR_START_TIMEOUT',
      effects,
    );
  } else if (!isAlive(child)) {
    // Where it was terminated meanwhile, its siblings still wait for this timer.
    startGroup(state, id);
  }
}

function doomed(
  state: SupervisorState,
  id: ActorId,
  incarnation: number,
  message: string,
  code: string | undefined,
  effects: SupervisorEffect[],
): void {
  const child = childOf(state, id);
  if (child.incarnation !== incarnation || !isAlive(child) || child.doom !== undefined) return;
  child.doom = { kind: 'crash', message, code };
  effects.push({ type: 'kill', id, incarnation });
}

function killed(
  state: SupervisorState,
  id: ActorId,
  holdMs: number,
  effects: SupervisorEffect[],
): void {
  const child = childOf(state, id);
  if (!isAlive(child) || child.doom !== undefined || state.phase === 'stopping') return;
  child.doom = { kind: 'chaos', holdMs };
  effects.push({ type: 'kill', id, incarnation: child.incarnation });
}
