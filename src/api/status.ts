import { goQuote } from './go-quote.js';
import type { KubernetesObject } from './object.js';
import type { FieldError } from './validation/field-error.js';
import { formatFieldError, formatFieldErrorBody } from './validation/field-error.js';

/** meta/v1 Status: how the API server says that a request failed, or was done where there is no object to show. */
export interface Status extends KubernetesObject {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { resourceVersion?: string; continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: StatusReason;
  details?: StatusDetails;
  /** The HTTP status. */
  code: number;
}

/** A closed set: clients decide by it (apimachinery metav1.StatusReason). */
export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType';

export interface StatusDetails {
  name?: string;
  group?: string;
  /** The resource for most reasons, the kind for Invalid. */
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface GroupResource {
  /** Empty for the core group. */
  readonly group: string;
  /** The plural: `pods`. */
  readonly resource: string;
}

export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** `pods`, `deployments.apps`. */
export function groupResourceText(resource: GroupResource): string {
  return resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
}

export function isStatus(object: unknown): object is Status {
  if (typeof object !== 'object' || object === null) return false;
  const candidate = object as KubernetesObject;
  return candidate.kind === 'Status' && candidate.apiVersion === 'v1';
}

function failure(
  code: number,
  reason: StatusReason,
  message: string,
  details?: StatusDetails,
): Status {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' } as const;
  if (details === undefined) return { ...head, message, reason, code };
  return { ...head, message, reason, details, code };
}

/** Details in Kubernetes' order; empty parts are left out. */
function detailsOf(
  name: string,
  group: string,
  kind: string,
  more?: { causes?: StatusCause[]; retryAfterSeconds?: number },
): StatusDetails {
  const details: StatusDetails = {};
  if (name !== '') details.name = name;
  if (group !== '') details.group = group;
  if (kind !== '') details.kind = kind;
  if (more?.causes !== undefined && more.causes.length > 0) details.causes = more.causes;
  if (more?.retryAfterSeconds !== undefined && more.retryAfterSeconds > 0) {
    details.retryAfterSeconds = more.retryAfterSeconds;
  }
  return details;
}

/** The answer to a delete that left no object to show. */
export function success(resource: GroupResource, name: string, uid?: string): Status {
  const details = detailsOf(name, resource.group, resource.resource);
  if (uid !== undefined) details.uid = uid;
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 };
}

export function notFound(resource: GroupResource, name: string): Status {
  const message = `${groupResourceText(resource)} ${goQuote(name)} not found`;
  return failure(404, 'NotFound', message, detailsOf(name, resource.group, resource.resource));
}

/** For a path that leads nowhere. */
export function pathNotFound(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: GroupResource, name: string): Status {
  const message = `${groupResourceText(resource)} ${goQuote(name)} already exists`;
  return failure(409, 'AlreadyExists', message, detailsOf(name, resource.group, resource.resource));
}

/** After several generated names in a row were taken. */
export function generateNameConflict(
  resource: GroupResource,
  name: string,
  retryAfterSeconds: number,
): Status {
  const message =
    `${groupResourceText(resource)} ${goQuote(name)} already exists, ` +
    'the server was not able to generate a unique name for the object';
  const details = detailsOf(name, resource.group, resource.resource, { retryAfterSeconds });
  return failure(409, 'AlreadyExists', message, details);
}

/** What Kubernetes says where the resourceVersion that was sent is not the stored one. */
export const OBJECT_MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(
  resource: GroupResource,
  name: string,
  detail: string = OBJECT_MODIFIED,
): Status {
  const what = `${groupResourceText(resource)} ${goQuote(name)}`;
  const message = `Operation cannot be fulfilled on ${what}: ${detail}`;
  return failure(409, 'Conflict', message, detailsOf(name, resource.group, resource.resource));
}

/** Server-side apply would take fields that others own. */
export function applyConflict(message: string, causes: StatusCause[]): Status {
  return failure(409, 'Conflict', message, detailsOf('', '', '', { causes }));
}

/** What Kubernetes answers where an error of its own has no status: 500, and no reason. */
export function unexplained(message: string): Status {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' } as const;
  return { ...head, message, code: 500 };
}

/** The preconditions of a delete (uid, resourceVersion) that do not hold. */
export function preconditionFailed(
  resource: GroupResource,
  name: string,
  field: 'UID' | 'ResourceVersion',
  wanted: string,
  found: string,
): Status {
  const detail = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${found}`;
  return conflict(resource, name, detail);
}

/** A body of 3 MiB can be wrong in three million places. Kubernetes tells of each; here these are told, and how many more there are. */
const ERRORS_TOLD_MAX = 1000;
const ERROR_CHARACTERS_MAX = 1024 * 1024;

export function invalid(kind: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const text = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  const causes: StatusCause[] = [];
  const told = new Set<string>();
  let characters = 0;
  for (const error of errors) {
    if (causes.length >= ERRORS_TOLD_MAX || characters >= ERROR_CHARACTERS_MAX) break;
    const line = formatFieldError(error);
    characters += line.length;
    told.add(line);
    causes.push({ reason: error.type, message: formatFieldErrorBody(error), field: error.field });
  }
  const more = errors.length - causes.length;
  const lines = more === 0 ? [...told] : [...told, `and ${String(more)} more errors`];
  let message = `${text} ${goQuote(name)} is invalid`;
  if (lines.length === 1) message += `: ${lines.join('')}`;
  if (lines.length > 1) message += `: [${lines.join(', ')}]`;
  return failure(422, 'Invalid', message, detailsOf(name, kind.group, kind.kind, { causes }));
}

export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message);
}

export interface ForbiddenTarget {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** The authorizer's own words, where it has some. */
  readonly reason?: string | undefined;
}

/** The authorizer's refusal: `pods is forbidden: User "jane" cannot list resource "pods" in API group "" …`. */
export function forbidden(
  user: string,
  verb: string,
  resource: GroupResource,
  target: ForbiddenTarget = {},
): Status {
  const { namespace = '', name = '', subresource = '', reason = '' } = target;
  const what = subresource === '' ? resource.resource : `${resource.resource}/${subresource}`;
  const where =
    namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  const detail =
    `User ${goQuote(user)} cannot ${verb} resource ${goQuote(what)} ` +
    `in API group ${goQuote(resource.group)} ${where}`;
  return forbiddenBecause(resource, name, reason === '' ? detail : `${detail}: ${reason}`);
}

/** The authorizer's refusal of a path that is no resource. */
export function forbiddenPath(user: string, verb: string, path: string): Status {
  const detail = `User ${goQuote(user)} cannot ${verb} path ${goQuote(path)}`;
  return forbiddenBecause({ group: '', resource: '' }, '', detail);
}

/** Admission's refusal: `pods "x" is forbidden: …`. */
export function forbiddenBecause(resource: GroupResource, name: string, detail: string): Status {
  const message = `${forbiddenSubject(resource, name)}: ${detail}`;
  return failure(403, 'Forbidden', message, detailsOf(name, resource.group, resource.resource));
}

function forbiddenSubject(resource: GroupResource, name: string): string {
  if (resource.resource === '' && resource.group === '') return 'forbidden';
  const text = groupResourceText(resource);
  return name === '' ? `${text} is forbidden` : `${text} ${goQuote(name)} is forbidden`;
}

export function unauthorized(message = 'Unauthorized'): Status {
  return failure(401, 'Unauthorized', message);
}

export function methodNotSupported(resource: GroupResource, action: string): Status {
  const message = `${action} is not supported on resources of kind ${goQuote(groupResourceText(resource))}`;
  return failure(
    405,
    'MethodNotAllowed',
    message,
    detailsOf('', resource.group, resource.resource),
  );
}

export function notAcceptable(acceptedMediaTypes: readonly string[]): Status {
  const message = `only the following media types are accepted: ${acceptedMediaTypes.join(', ')}`;
  return failure(406, 'NotAcceptable', message);
}

export function unsupportedMediaType(acceptedMediaTypes: readonly string[]): Status {
  const message =
    'the body of the request was in an unknown format - ' +
    `accepted media types include: ${acceptedMediaTypes.join(', ')}`;
  return failure(415, 'UnsupportedMediaType', message);
}

export function requestEntityTooLarge(detail: string): Status {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${detail}`);
}

/** 504: the request may or may not have been done. */
export function timeout(detail: string, retryAfterSeconds = 0): Status {
  const message = `Timeout: ${detail}`;
  return failure(504, 'Timeout', message, detailsOf('', '', '', { retryAfterSeconds }));
}

/** 500 with a Retry-After: the request was not done. */
export function serverTimeout(
  resource: GroupResource,
  operation: string,
  retryAfterSeconds = 0,
): Status {
  const message =
    `The ${operation} operation against ${groupResourceText(resource)} ` +
    'could not be completed at this time, please try again.';
  const details = detailsOf(operation, resource.group, resource.resource, { retryAfterSeconds });
  return failure(500, 'ServerTimeout', message, details);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): Status {
  return failure(429, 'TooManyRequests', message, detailsOf('', '', '', { retryAfterSeconds }));
}

/** 410: a watch or a list starts at a revision that is compacted. */
export function expired(message: string): Status {
  return failure(410, 'Expired', message);
}

/** 504 with the cause by which clients know that waiting helps. */
export function resourceVersionTooLarge(
  wanted: string | number,
  current: string | number,
  retryAfterSeconds = 1,
): Status {
  const message = `Timeout: Too large resource version: ${String(wanted)}, current: ${String(current)}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return failure(504, 'Timeout', message, detailsOf('', '', '', { causes, retryAfterSeconds }));
}

export function internalError(detail: string): Status {
  const message = `Internal error occurred: ${detail}`;
  return failure(500, 'InternalError', message, { causes: [{ message: detail }] });
}

export function serviceUnavailable(message: string): Status {
  return failure(503, 'ServiceUnavailable', message);
}

/** 422 for a patch that is well formed but cannot be applied; Kubernetes says no more than this. */
export function unprocessable(cause?: string): Status {
  const message = 'the server rejected our request due to an error in our request';
  const causes =
    cause === undefined ? [] : [{ reason: 'UnexpectedServerResponse', message: cause }];
  return failure(422, 'Invalid', message, detailsOf('', '', '', { causes }));
}
