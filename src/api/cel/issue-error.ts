import type { Issue } from './syntax.js';

/** Something is wrong with an expression; it is caught where the expression came in. */
export class IssueError extends Error {
  readonly issue: Issue;
  constructor(at: number, message: string) {
    super(message);
    this.issue = { at, message };
  }
}
