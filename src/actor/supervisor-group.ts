import { type ActorId, assertDefined, assertNever } from '../base/index.js';
import { isSupervisor } from './child-spec.js';
import {
  type ChildState,
  isAlive,
  type SupervisorEffect,
  type SupervisorState,
} from './supervisor-state.js';

/** Those that restart when this one does, in start order. */
export function membersOf(state: SupervisorState, id: ActorId): ChildState[] {
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

/** Its siblings that the strategy takes along are to be stopped first. A regroup under way grows to hold both. */
export function regroupAround(state: SupervisorState, child: ChildState, delayMs: number): void {
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

/** All members of the regroup are down: they start now, or when the leader's timer fires. */
export function scheduleStart(
  state: SupervisorState,
  leader: ChildState,
  nowMs: number,
  delayMs: number,
  effects: SupervisorEffect[],
): void {
  if (delayMs === 0) startGroup(state, leader.spec.id);
  if (delayMs === 0 || delayMs === Infinity) return;
  arm(state, leader, delayMs, effects);
  for (const child of state.children)
    if (child.restartsWith === leader.spec.id && isResting(child)) child.dueMs = nowMs + delayMs;
}

export function startGroup(state: SupervisorState, leader: ActorId): void {
  for (const child of state.children) {
    const ownWay = child.phase === 'held' && child.spec.id !== leader;
    if (ownWay || !isResting(child) || child.restartsWith !== leader) continue;
    child.phase = 'waiting';
    child.timer = 0;
    child.dueMs = undefined;
  }
}

/** Stops the last of them that is alive; true while any is. A supervisor that gave up ends its edges first, and at once. */
export function stopNext(
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

export function shutDown(child: ChildState, effects: SupervisorEffect[]): void {
  if (child.phase === 'stopping') return;
  const doomedAlready = child.doom !== undefined;
  child.phase = 'stopping';
  if (!doomedAlready)
    effects.push({ type: 'shutdown', id: child.spec.id, incarnation: child.incarnation });
}

export function arm(
  state: SupervisorState,
  child: ChildState,
  afterMs: number,
  effects: SupervisorEffect[],
): void {
  child.timer = ++state.timers;
  effects.push({ type: 'arm', id: child.spec.id, timer: child.timer, afterMs });
}

export function childOf(state: SupervisorState, id: ActorId): ChildState {
  return assertDefined(findChild(state, id), `the child ${id}`);
}

export function findChild(state: SupervisorState, id: ActorId): ChildState | undefined {
  return state.children.find((child) => child.spec.id === id);
}

function isResting(child: ChildState): boolean {
  return child.phase === 'restarting' || child.phase === 'held';
}

function isEdge(child: ChildState): boolean {
  return !isSupervisor(child.spec) && child.spec.kind === 'edge';
}
