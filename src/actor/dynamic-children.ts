import { type ActorId, assert } from '../base/index.js';
import { childOf, findChild, shutDown, startGroup } from './supervisor-group.js';
import {
  type ChildPast,
  type ChildRequest,
  createChild,
  isAlive,
  type SupervisorEffect,
  type SupervisorState,
} from './supervisor-state.js';

/** Why a request is refused, as OTP's supervisor does. Nothing has changed then. */
export type ChildRefusal =
  /** start-child: a child of that id is there and down; `restart-child` starts it, `delete-child` makes room. */
  | 'already-present'
  /** start-child: a child of that id is there, and up or about to be. */
  | 'already-started'
  /** restart-child, delete-child: it is up, or on its way up or down. */
  | 'running'
  /** restart-child, delete-child: it is down and about to be started again, or held. */
  | 'restarting'
  | 'unknown-child'
  | 'supervisor-stopping';

/** What stands against a request, if anything. Pure. */
export function childRefusal(
  state: SupervisorState,
  request: ChildRequest,
): ChildRefusal | undefined {
  if (state.phase !== 'starting' && state.phase !== 'running') return 'supervisor-stopping';
  const child = findChild(state, request.type === 'start-child' ? request.spec.id : request.id);
  if (request.type === 'start-child') {
    if (child === undefined) return undefined;
    const isDown = child.phase === 'stopped' || child.phase === 'failed';
    // OTP forgets a temporary child when it ends; here it stays visible until its id is used again.
    if (isDown && child.spec.restart === 'temporary') return undefined;
    return isDown ? 'already-present' : 'already-started';
  }
  if (child === undefined) return 'unknown-child';
  if (request.type === 'terminate-child') return undefined;
  if (isAlive(child)) return 'running';
  if (child.phase !== 'stopped' && child.phase !== 'failed') return 'restarting';
  const isLeader = state.regroup?.leader === child.spec.id;
  return request.type === 'delete-child' && isLeader ? 'restarting' : undefined;
}

/** It comes last in the start order, and so stops first. A failure before it is ready is told, and not repeated. */
export function startChild(
  state: SupervisorState,
  spec: Extract<ChildRequest, { type: 'start-child' }>['spec'],
  past: ChildPast | undefined,
): void {
  assert(
    childRefusal(state, { type: 'start-child', spec }) === undefined,
    'this child cannot be started',
  );
  const ended = findChild(state, spec.id);
  const others = state.children.filter((child) => child !== ended);
  state.children = [...others, { ...createChild(spec, ended ?? past), onStartFailure: 'forget' }];
}

/** Drains and ends it; it stays known, and down until `restart-child`. No error where it is down already. */
export function terminateChild(
  state: SupervisorState,
  id: ActorId,
  effects: SupervisorEffect[],
): void {
  const child = childOf(state, id);
  if (isAlive(child)) {
    child.terminated = true;
    shutDown(child, effects);
  } else if (child.phase !== 'failed') {
    child.phase = 'stopped';
    child.dueMs = undefined;
  }
}

export function restartChild(state: SupervisorState, id: ActorId): void {
  assert(
    childRefusal(state, { type: 'restart-child', id }) === undefined,
    'this child cannot be started again',
  );
  // Siblings that would have started with it start now.
  startGroup(state, id);
  const child = childOf(state, id);
  child.phase = 'waiting';
  child.timer = 0;
  child.restartsWith = id;
  child.onStartFailure = 'keep';
}

export function deleteChild(state: SupervisorState, id: ActorId): void {
  assert(
    childRefusal(state, { type: 'delete-child', id }) === undefined,
    'this child cannot be deleted',
  );
  startGroup(state, id);
  state.children = state.children.filter((child) => child.spec.id !== id);
}
