import { failed } from '../base/index.js';
import type { Failed, Result } from '../base/index.js';
import type { Status } from '../api/index.js';

/** What the pipeline answers with: a value, or the `Status` that the client gets instead. */
export type Outcome<T> = Result<T, Status>;

export function refuse(status: Status): Failed<Status> {
  return failed(status);
}
