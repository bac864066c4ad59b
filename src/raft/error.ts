import { failed, ok } from '../base/index.js';
import type { Result } from '../base/index.js';

/** The closed set of what a call can be refused with. Texts are etcd-io/raft's. */
export const RaftErrorCode = {
  proposalDropped: 'proposal-dropped',
  stepLocalMessage: 'step-local-message',
  stepPeerNotFound: 'step-peer-not-found',
} as const;
export type RaftErrorCode = (typeof RaftErrorCode)[keyof typeof RaftErrorCode];

export interface RaftError {
  readonly code: RaftErrorCode;
  readonly message: string;
}

export type StepResult = Result<void, RaftError>;

export const DONE: StepResult = ok(undefined);
export const PROPOSAL_DROPPED: StepResult = failed({
  code: 'proposal-dropped',
  message: 'raft proposal dropped',
});
export const STEP_LOCAL_MESSAGE: StepResult = failed({
  code: 'step-local-message',
  message: 'raft: cannot step raft local message',
});
export const STEP_PEER_NOT_FOUND: StepResult = failed({
  code: 'step-peer-not-found',
  message: 'raft: cannot step as peer not found',
});
