import type { Overload } from '../function.js';
import { method } from '../function.js';
import type { Type } from '../types.js';
import type { Opaque, Value } from '../value.js';
import { EvaluationError } from '../value.js';

/** Whose rights are asked for: those of who sent the request, or of a service account. */
export type AccessSubject =
  | { readonly type: 'requester' }
  | { readonly type: 'service-account'; readonly namespace: string; readonly name: string };

/** What an expression asks an authorizer: about a path, or about a resource. Empty parts are unset. */
export type AccessCheck =
  | {
      readonly type: 'path';
      readonly subject: AccessSubject;
      readonly path: string;
      readonly verb: string;
    }
  | ({ readonly type: 'resource'; readonly verb: string } & ResourceCheck);

export interface ResourceCheck {
  readonly subject: AccessSubject;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** Empty: the authorizer could tell. */
  readonly error: string;
}

/** Answers at once. What it throws passes through the evaluation, where it is no `EvaluationError`. */
export type Decide = (check: AccessCheck) => AccessDecision;

const AUTHORIZER = 'kubernetes.authorization.Authorizer';
const PATH_CHECK = 'kubernetes.authorization.PathCheck';
const GROUP_CHECK = 'kubernetes.authorization.GroupCheck';
const RESOURCE_CHECK = 'kubernetes.authorization.ResourceCheck';
const DECISION = 'kubernetes.authorization.Decision';
export const AUTHORIZATION_TYPES = [AUTHORIZER, PATH_CHECK, GROUP_CHECK, RESOURCE_CHECK, DECISION];

/** The types of `authorizer` and of `authorizer.requestResource`. */
export const authorizerType: Type = { kind: 'opaque', name: AUTHORIZER };
export const resourceCheckType: Type = { kind: 'opaque', name: RESOURCE_CHECK };

function wrap(type: string, content: unknown): Opaque {
  const value: Opaque = { kind: 'opaque', type, content, equals: (other) => other === value };
  return value;
}

interface Authority {
  readonly decide: Decide;
  readonly subject: AccessSubject;
}

/** The variable `authorizer`. */
export function authorizerValue(decide: Decide): Value {
  return wrap(AUTHORIZER, { decide, subject: { type: 'requester' } } satisfies Authority);
}

/** The variable `authorizer.requestResource`: what the request is about. */
export function resourceCheckValue(decide: Decide, check: Omit<ResourceCheck, 'subject'>): Value {
  return wrap(RESOURCE_CHECK, { decide, check: { ...check, subject: { type: 'requester' } } });
}

interface Asked {
  readonly decide: Decide;
  readonly check: ResourceCheck;
}

interface AskedPath extends Authority {
  readonly path: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function ofServiceAccount({ content }: Opaque, namespace: string, name: string): Opaque {
  if (name.length > 253 || !SUBDOMAIN.test(name))
    throw new EvaluationError('Invalid service account name');
  if (!LABEL.test(namespace)) throw new EvaluationError('Invalid service account namespace');
  const { decide } = content as Authority;
  return wrap(AUTHORIZER, { decide, subject: { type: 'service-account', namespace, name } });
}

function ofPath({ content }: Opaque, path: string): Opaque {
  if (path.trim() === '') throw new EvaluationError('path must not be empty');
  return wrap(PATH_CHECK, { ...(content as Authority), path } satisfies AskedPath);
}

function ofResource({ content }: Opaque, resource: string): Opaque {
  if (resource.trim() === '') throw new EvaluationError('resource must not be empty');
  const { decide, subject, group } = content as Authority & { readonly group: string };
  const check = { subject, group, resource, subresource: '', namespace: '', name: '' };
  return wrap(RESOURCE_CHECK, { decide, check } satisfies Asked);
}

const narrowed =
  (field: 'subresource' | 'namespace' | 'name') =>
  ({ content }: Opaque, value: string): Opaque => {
    const { decide, check } = content as Asked;
    return wrap(RESOURCE_CHECK, { decide, check: { ...check, [field]: value } } satisfies Asked);
  };

/** No authorizer here looks at selectors: who may list some may list all. */
const selected = (check: Opaque): Opaque => check;

const decision = ({ content }: Opaque): AccessDecision => content as AccessDecision;

/** Questions to whoever decides what users may do (Kubernetes' libraries authz and authzSelectors). */
export const AUTHORIZATION: readonly Overload[] = [
  method('path', [AUTHORIZER, 'string'], PATH_CHECK, ofPath),
  method('group', [AUTHORIZER, 'string'], GROUP_CHECK, ({ content }: Opaque, group: string) =>
    wrap(GROUP_CHECK, { ...(content as Authority), group }),
  ),
  method('serviceAccount', [AUTHORIZER, 'string', 'string'], AUTHORIZER, ofServiceAccount),
  method('resource', [GROUP_CHECK, 'string'], RESOURCE_CHECK, ofResource),
  method('subresource', [RESOURCE_CHECK, 'string'], RESOURCE_CHECK, narrowed('subresource')),
  method('namespace', [RESOURCE_CHECK, 'string'], RESOURCE_CHECK, narrowed('namespace')),
  method('name', [RESOURCE_CHECK, 'string'], RESOURCE_CHECK, narrowed('name')),
  method('fieldSelector', [RESOURCE_CHECK, 'string'], RESOURCE_CHECK, selected),
  method('labelSelector', [RESOURCE_CHECK, 'string'], RESOURCE_CHECK, selected),
  method('check', [PATH_CHECK, 'string'], DECISION, ({ content }: Opaque, verb: string) => {
    const { decide, subject, path } = content as AskedPath;
    return wrap(DECISION, decide({ type: 'path', subject, path, verb }));
  }),
  method('check', [RESOURCE_CHECK, 'string'], DECISION, ({ content }: Opaque, verb: string) => {
    const { decide, check } = content as Asked;
    return wrap(DECISION, decide({ type: 'resource', ...check, verb }));
  }),
  method('allowed', [DECISION], 'bool', (of: Opaque) => decision(of).allowed),
  method('reason', [DECISION], 'string', (of: Opaque) => decision(of).reason),
  method('errored', [DECISION], 'bool', (of: Opaque) => decision(of).error !== ''),
  method('error', [DECISION], 'string', (of: Opaque) => decision(of).error),
];
