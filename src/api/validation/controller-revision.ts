import type { V1ControllerRevision } from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkImmutable, checkNonNegative } from './checks.js';
import { required } from './field-error.js';

/** apps ValidateControllerRevision: a state of a workload that can be gone back to. */
export function checkControllerRevision(
  { data, revision }: V1ControllerRevision,
  errors: Errors,
): void {
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  checkNonNegative(revision, 'revision', errors);
}

/** Its number may change: an old state that is the newest again is counted up. */
export function checkControllerRevisionUpdate(
  revision: V1ControllerRevision,
  old: V1ControllerRevision,
  errors: Errors,
): void {
  checkControllerRevision(revision, errors);
  checkImmutable(revision.data, old.data, 'data', errors);
}
