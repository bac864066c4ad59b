import { assertNever } from '../base/index.js';
import type { NodeId } from '../base/index.js';
import { EMPTY_BYTES } from './message.js';

export type ConfChangeType =
  | 'ConfChangeAddNode'
  | 'ConfChangeRemoveNode'
  | 'ConfChangeUpdateNode'
  | 'ConfChangeAddLearnerNode';

/**
 * Whether a joint configuration is used (thesis §4.3) and who leaves it. `Auto`: only where more
 * than one changes.
 */
export type ConfChangeTransition =
  | 'ConfChangeTransitionAuto'
  | 'ConfChangeTransitionJointImplicit'
  | 'ConfChangeTransitionJointExplicit';

export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  /** 0: the host decided not to make this change; it is skipped. */
  readonly nodeId: NodeId;
}

/** One change, in the older form; entries of type EntryConfChange carry it. */
export interface ConfChangeV1 {
  readonly version: 1;
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
  /** Opaque to Raft: the member's addresses, say. */
  readonly context: Uint8Array;
}

/** Any number of changes at once. None, with transition Auto: leave the joint configuration. */
export interface ConfChangeV2 {
  readonly version: 2;
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Uint8Array;
}

export type ConfChange = ConfChangeV1 | ConfChangeV2;

export function confChangeV1(
  type: ConfChangeType,
  nodeId: NodeId,
  context = EMPTY_BYTES,
): ConfChangeV1 {
  return { version: 1, type, nodeId, context };
}

export function confChangeV2(
  changes: readonly ConfChangeSingle[],
  transition: ConfChangeTransition = 'ConfChangeTransitionAuto',
  context = EMPTY_BYTES,
): ConfChangeV2 {
  return { version: 2, transition, changes, context };
}

export function asV2(change: ConfChange): ConfChangeV2 {
  if (change.version === 2) return change;
  return confChangeV2(
    [{ type: change.type, nodeId: change.nodeId }],
    'ConfChangeTransitionAuto',
    change.context,
  );
}

/** What the change does to the kind of configuration. */
export type ConfChangeKind = 'simple' | 'enter-joint' | 'enter-joint-auto-leave' | 'leave-joint';

export function confChangeKind(change: ConfChangeV2): ConfChangeKind {
  switch (change.transition) {
    case 'ConfChangeTransitionAuto':
      if (change.changes.length === 0) return 'leave-joint';
      return change.changes.length > 1 ? 'enter-joint-auto-leave' : 'simple';
    case 'ConfChangeTransitionJointImplicit':
      return 'enter-joint-auto-leave';
    case 'ConfChangeTransitionJointExplicit':
      return 'enter-joint';
    default:
      return assertNever(change.transition, 'transition');
  }
}
