import type { GroupResource } from '../status.js';
import { forbiddenBecause } from '../status.js';
import type { Status, StatusReason } from '../status.js';

const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
};

/** The reasons that a validation may give. */
export const DENIAL_REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

/** The Status of a write that a policy denies; an empty reason counts as `Invalid` (apiserver, validating dispatcher). */
export function policyDenialStatus(
  resource: GroupResource,
  name: string,
  message: string,
  reason: string,
): Status {
  const { details, ...status } = forbiddenBecause(resource, name, message);
  return {
    ...status,
    reason: (reason === '' ? 'Invalid' : reason) as StatusReason,
    details: { ...details, causes: [{ message }] },
    code: CODES[reason] ?? 422,
  };
}

/** The Status of a write that policies could not change as they want to; the first of their reasons counts (apiserver, policyDispatcher). */
export function mutationDenialStatus(
  resource: GroupResource,
  name: string,
  messages: readonly string[],
  reason: StatusReason,
): Status {
  const { details, ...status } = forbiddenBecause(resource, name, '');
  return {
    ...status,
    message: messages[0] ?? '',
    reason,
    details: { ...details, causes: messages.map((message) => ({ message })) },
  };
}
