/** Why a vote was given or refused. Closed. */
export const VoteReason = {
  granted: 'granted',
  self: 'self',
  alreadyVoted: 'already-voted',
  logBehind: 'log-behind',
  leaderAlive: 'leader-alive',
  lowerTerm: 'lower-term',
  repairing: 'repairing',
  answerLost: 'answer-lost',
  noAnswer: 'no-answer',
} as const;
export type VoteReason = (typeof VoteReason)[keyof typeof VoteReason];

export interface ElectionVote {
  readonly voter: string;
  /** Counted for the candidate. */
  readonly granted: boolean;
  readonly reason: VoteReason;
}

/** `running`: the candidate still asks, or still waits for its first commit. */
export type CampaignOutcome = 'running' | 'elected' | 'not-elected' | 'ended-in-pre-vote';

/** Where a replica's log stood when it campaigned, voted, or told of the election. */
export interface LogPosition {
  readonly replica: string;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly commitIndex: number;
}
