import { goQuote } from '../go-quote.js';
import type { Status, StatusCause, StatusDetails, StatusReason } from '../status.js';
import type { AdmissionAnswer } from './review.js';

const CODE_MIN = 400;
const CODE_MAX = 599;

/**
 * The Status of a write that a webhook denies: its own, with its name before what it says, and never one of success
 * (apiserver, webhookerrors.ToStatusErr). A code that HTTP does not have counts as 500.
 */
export function denialStatus(webhook: string, result: AdmissionAnswer['result']): Status {
  const { message, reason, code, details, metadata } = result ?? {};
  const denied = `admission webhook ${goQuote(webhook)} denied the request`;
  const said = [message, reason].find((each) => typeof each === 'string' && each !== '');
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: isMap(metadata) ? metadata : {},
    status: 'Failure',
    message: typeof said === 'string' ? `${denied}: ${said}` : `${denied} without explanation`,
    ...(typeof reason === 'string' && reason !== '' && { reason: reason as StatusReason }),
    ...(isMap(details) && { details: detailsOf(details) }),
    code: codeOf(code),
  };
}

function codeOf(code: unknown): number {
  if (typeof code !== 'number' || !Number.isInteger(code) || code < CODE_MIN) return CODE_MIN;
  return code > CODE_MAX ? 500 : code;
}

function detailsOf(given: Readonly<Record<string, unknown>>): StatusDetails {
  const details: StatusDetails = {};
  for (const field of ['name', 'group', 'kind', 'uid'] as const) {
    const value = given[field];
    if (typeof value === 'string' && value !== '') details[field] = value;
  }
  const { causes, retryAfterSeconds } = given;
  if (Array.isArray(causes))
    details.causes = (causes as unknown[]).filter(isMap).map((cause) => causeOf(cause));
  if (typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0)
    details.retryAfterSeconds = Math.floor(retryAfterSeconds);
  return details;
}

function causeOf(given: Readonly<Record<string, unknown>>): StatusCause {
  const cause: StatusCause = {};
  for (const field of ['reason', 'message', 'field'] as const) {
    const value = given[field];
    if (typeof value === 'string') cause[field] = value;
  }
  return cause;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
