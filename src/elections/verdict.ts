import type { ElectionCause } from '../protocol/index.js';

export interface Verdict {
  readonly cause: ElectionCause;
  /** One plain sentence with the evidence. */
  readonly detail: string;
  /** Since when there was no leader, where another replica knows better than the candidate. */
  readonly deadSinceMs?: number | undefined;
  /** It led until then, whatever the candidate heard of it. */
  readonly ledUntilMs?: number | undefined;
}
