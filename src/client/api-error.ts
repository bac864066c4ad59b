import type { AskFailure } from '../actor/index.js';
import type { Result } from '../base/index.js';
import type { ApiReply } from '../protocol/index.js';

/** A `Status` that says no, or the failure to reach the API server in a Status' shape. */
export interface ApiError {
  /** The HTTP status: 404, 409, … */
  readonly code: number;
  /** Kubernetes' reason: NotFound, AlreadyExists, Conflict, Invalid, Expired, TooManyRequests, ServiceUnavailable, Timeout, … */
  readonly reason: string;
  readonly message: string;
  /** The Status' details (causes, retryAfterSeconds, …). */
  readonly details?: ApiErrorDetails | undefined;
  /** True: the request was handed over and not answered, so that it may have been done. */
  readonly uncertain: boolean;
}

export interface ApiErrorDetails {
  readonly retryAfterSeconds?: number | undefined;
  readonly causes?:
    | readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[]
    | undefined;
  readonly [field: string]: unknown;
}

export type ApiResult<T> = Result<T, ApiError>;

/** The error of a reply with a code from 400 on. */
export function errorOfReply(reply: ApiReply): ApiError {
  return errorOfStatus(reply.object, reply.code);
}

/** The error that a `Status` object states: in a reply, or in the ERROR event of a watch. */
export function errorOfStatus(status: object, code = 500): ApiError {
  const {
    code: own,
    reason,
    message,
    details,
  } = status as {
    code?: unknown;
    reason?: unknown;
    message?: unknown;
    details?: unknown;
  };
  const statusCode = typeof own === 'number' && own >= 400 ? own : code;
  return {
    code: statusCode,
    reason: typeof reason === 'string' && reason !== '' ? reason : 'Unknown',
    message: typeof message === 'string' ? message : 'unknown',
    details:
      typeof details === 'object' && details !== null ? (details as ApiErrorDetails) : undefined,
    // The server gave up on waiting for its store, or failed halfway: the write may have been committed.
    uncertain: (statusCode === 504 || statusCode === 500) && reason !== 'ServerTimeout',
  };
}

/** The error of a request that got no reply. */
export function errorOfFailure(failure: AskFailure): ApiError {
  const uncertain = failure.handedOver;
  switch (failure.code) {
    case 'timeout':
      return {
        code: 504,
        reason: 'Timeout',
        message: 'the API server did not answer in time',
        uncertain,
      };
    case 'overloaded':
      return {
        code: 429,
        reason: 'TooManyRequests',
        message: 'the API server has no room for the request',
        uncertain,
      };
    case 'actor-down':
    case 'canceled':
      return {
        code: 503,
        reason: 'ServiceUnavailable',
        message: 'the API server is down',
        uncertain,
      };
    case 'not-encodable':
    case 'unknown-operation':
    case 'not-linked':
    case 'ask-to-self':
      return {
        code: 400,
        reason: 'BadRequest',
        message: `the request could not be sent: ${failure.code}`,
        uncertain,
      };
  }
}

export function isNotFound(error: ApiError): boolean {
  return error.code === 404;
}

export function isConflict(error: ApiError): boolean {
  return error.code === 409 && error.reason === 'Conflict';
}

export function isAlreadyExists(error: ApiError): boolean {
  return error.code === 409 && error.reason === 'AlreadyExists';
}

/** 410: the resourceVersion, or the continue token, is older than what the server still knows. */
export function isExpired(error: ApiError): boolean {
  return error.code === 410;
}

/** A create was refused because the namespace goes away: there is no use in trying again. */
export function isNamespaceTerminating(error: ApiError): boolean {
  return (
    error.code === 403 &&
    (error.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
  );
}
