import { type ActorId, assert, assertDefined, assertNever } from '../base/index.js';
import { isSupervisor } from './child-spec.js';
import { backoffMs, crashesInPeriod } from './restart-policy.js';
import {
  type ChildState,
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
      doomed(state, event.id, event.incarnation, event.message, effects);
      break;
    case 'kill':
      killed(state, event.id, event.holdMs, effects);
      break;
    case 'release':
      if (childOf(state, event.id).phase === 'held') startGroup(state, event.id);
      break;
    case 'stop':
      if (state.phase !== 'ended') state.phase = 'stopping';
      break;
    default:
      assertNever(event, 'supervisor event');
  }
  moveOn(state, effects);
  return effects;
}

/** What follows from the state alone, whatever the event was. */
function moveOn(state: SupervisorState, effects: SupervisorEffect[]): void {
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
    scheduleStart(state, childOf(state, leader), delayMs, effects);
  }
  spawnWaiting(state, effects);
  if (
    state.phase === 'starting' &&
    state.children.every((child) => child.phase === 'running' || child.phase === 'stopped')
  ) {
    state.phase = 'running';
    effects.push({ type: 'ready' });
  }
}

/** Stops the last of them that is alive; true while any is. A supervisor that gave up ends its edges first, and at once. */
function stopNext(
  state: SupervisorState,
  children: ChildState[],
  effects: SupervisorEffect[],
): boolean {
  const alive = children.filter(isAlive);
  const edges = state.failure === undefined ? [] : alive.filter(isEdge);
  for (const edge of edges) shutDown(edge, effects);
  const last = alive.at(-1);
  if (edges.length === 0 && last !== undefined) shutDown(last, effects);
  return last !== undefined;
}

function shutDown(child: ChildState, effects: SupervisorEffect[]): void {
  if (child.phase === 'stopping') return;
  const doomedAlready = child.doom !== undefined;
  child.phase = 'stopping';
  if (!doomedAlready)
    effects.push({ type: 'shutdown', id: child.spec.id, incarnation: child.incarnation });
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
}

function exited(state: SupervisorState, event: ExitedEvent, effects: SupervisorEffect[]): void {
  const child = childOf(state, event.id);
  if (child.incarnation !== event.incarnation || !isAlive(child)) return;
  const onRequest = child.phase === 'stopping' && child.doom === undefined;
  const { cause, message } = causeOf(child, event.exit, onRequest);
  const holdMs = child.doom?.kind === 'chaos' ? child.doom.holdMs : 0;
  const died = {
    type: 'died',
    id: event.id,
    incarnation: event.incarnation,
    cause,
    message,
  } as const;
  child.doom = undefined;
  child.timer = 0;
  if (cause === 'crash') countCrash(state, child, event, message);
  else if (cause === 'normal' && !onRequest && (child.spec.restart ?? 'permanent') === 'permanent')
    countRestart(state, child, event.nowMs, message);
  if (state.phase === 'stopping') {
    child.phase = 'stopped';
    effects.push({ ...died, delayMs: undefined });
    return;
  }
  const isMember =
    state.regroup !== undefined && membersOf(state, state.regroup.leader).includes(child);
  const restart = child.spec.restart ?? 'permanent';
  if (isMember && restart !== 'temporary') {
    child.phase = 'restarting';
    if (cause !== 'normal') effects.push({ ...died, delayMs: state.regroup?.delayMs });
    return;
  }
  if (
    cause !== 'chaos' &&
    (restart === 'temporary' || (restart === 'transient' && cause === 'normal'))
  ) {
    child.phase = cause === 'crash' ? 'failed' : 'stopped';
    effects.push({ ...died, delayMs: undefined });
    return;
  }
  const wantedMs =
    cause === 'crash' ? backoffMs(state.spec.backoff, child.crashesInRow, event.draw) : holdMs;
  const delayMs = Math.max(
    wantedMs,
    isSupervisor(child.spec) ? 0 : (child.spec.restartDelayMs ?? 0),
  );
  child.phase = holdMs > 0 ? 'held' : 'restarting';
  effects.push({ ...died, delayMs });
  regroupAround(state, child, delayMs);
}

function causeOf(
  child: ChildState,
  exit: Exit,
  onRequest: boolean,
): { readonly cause: 'crash' | 'chaos' | 'normal'; readonly message: string } {
  if (child.doom?.kind === 'chaos') return { cause: 'chaos', message: 'killed on purpose' };
  if (child.doom !== undefined) return { cause: 'crash', message: child.doom.message };
  if (onRequest) return { cause: 'normal', message: 'stopped' };
  // As in OTP, an end before it was ready is a failed start, however quiet.
  if (exit.kind === 'normal' && child.phase === 'starting')
    return { cause: 'crash', message: 'ended before it was ready' };
  return exit.kind === 'crash'
    ? { cause: 'crash', message: exit.message }
    : { cause: 'normal', message: 'ended' };
}

/** Counts a crash, and gives up where there were too many. Changes the phase of the supervisor to `stopping` then. */
function countCrash(
  state: SupervisorState,
  child: ChildState,
  event: ExitedEvent,
  message: string,
): void {
  const { periodMs } = state.spec;
  const repeated = event.nowMs - child.lastCrashMs <= periodMs;
  child.crashesInRow = repeated ? child.crashesInRow + 1 : 1;
  child.lastCrashMs = event.nowMs;
  if (state.phase === 'stopping') return;
  const startFailure = isSupervisor(child.spec)
    ? 'escalate'
    : (child.spec.startFailure ?? 'escalate');
  if (state.phase === 'starting' && startFailure === 'escalate') {
    giveUp(state, `${child.spec.id} did not start: ${message}`);
    return;
  }
  if ((child.spec.restart ?? 'permanent') === 'temporary') return;
  countRestart(state, child, event.nowMs, message);
}

/** A permanent child that ends by itself counts too, as in OTP: it would be restarted for ever. */
function countRestart(
  state: SupervisorState,
  child: ChildState,
  nowMs: number,
  message: string,
): void {
  const { intensity, periodMs } = state.spec;
  if (state.phase === 'stopping') return;
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

/** Its siblings that the strategy takes along are to be stopped first. A regroup under way grows to hold both. */
function regroupAround(state: SupervisorState, child: ChildState, delayMs: number): void {
  const under = state.regroup;
  const index = (id: ActorId): number => state.children.findIndex((each) => each.spec.id === id);
  const leader =
    under !== undefined && index(under.leader) < index(child.spec.id)
      ? under.leader
      : child.spec.id;
  for (const member of membersOf(state, child.spec.id)) {
    const ownWay = member !== child && member.phase === 'held';
    if (ownWay || member.phase === 'stopped' || member.phase === 'failed') continue;
    member.restartsWith = leader;
    if (!isAlive(member) && member.phase !== 'held') member.phase = 'restarting';
  }
  state.regroup = { leader, delayMs: Math.max(delayMs, under?.delayMs ?? 0) };
}

function scheduleStart(
  state: SupervisorState,
  leader: ChildState,
  delayMs: number,
  effects: SupervisorEffect[],
): void {
  if (delayMs === 0) startGroup(state, leader.spec.id);
  else if (delayMs !== Infinity) arm(state, leader, delayMs, effects);
}

function startGroup(state: SupervisorState, leader: ActorId): void {
  for (const child of state.children) {
    const resting =
      child.phase === 'restarting' || (child.phase === 'held' && child.spec.id === leader);
    if (resting && child.restartsWith === leader) {
      child.phase = 'waiting';
      child.timer = 0;
    }
  }
}

function timerFired(
  state: SupervisorState,
  id: ActorId,
  timer: number,
  effects: SupervisorEffect[],
): void {
  const child = childOf(state, id);
  if (child.timer !== timer) return;
  if (child.phase === 'starting') {
    assert(!isSupervisor(child.spec), 'a supervisor has no start timeout');
    doomed(
      state,
      id,
      child.incarnation,
      `not ready within ${String(child.spec.startTimeoutMs)} ms`,
      effects,
    );
  } else if (child.phase === 'restarting' || child.phase === 'held') {
    startGroup(state, id);
  }
}

function doomed(
  state: SupervisorState,
  id: ActorId,
  incarnation: number,
  message: string,
  effects: SupervisorEffect[],
): void {
  const child = childOf(state, id);
  if (child.incarnation !== incarnation || !isAlive(child) || child.doom !== undefined) return;
  child.doom = { kind: 'crash', message };
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

function arm(
  state: SupervisorState,
  child: ChildState,
  afterMs: number,
  effects: SupervisorEffect[],
): void {
  child.timer = ++state.timers;
  effects.push({ type: 'arm', id: child.spec.id, timer: child.timer, afterMs });
}

/** Those that restart when this one does, in start order. */
function membersOf(state: SupervisorState, id: ActorId): ChildState[] {
  const index = state.children.findIndex((child) => child.spec.id === id);
  switch (state.spec.strategy) {
    case 'one_for_one':
      return state.children.slice(index, index + 1);
    case 'one_for_all':
      return [...state.children];
    case 'rest_for_one':
      return state.children.slice(index);
    default:
      return assertNever(state.spec.strategy, 'strategy');
  }
}

function isEdge(child: ChildState): boolean {
  return !isSupervisor(child.spec) && child.spec.kind === 'edge';
}

function childOf(state: SupervisorState, id: ActorId): ChildState {
  return assertDefined(
    state.children.find((child) => child.spec.id === id),
    `the child ${id}`,
  );
}
