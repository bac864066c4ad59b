import { badRequest, invalid, validateAccessReview } from '../api/index.js';
import type { ApiResource, KubernetesObject } from '../api/index.js';
import { ok } from '../base/index.js';
import type { AdmissionChain } from './admission/admission.js';
import type { User } from './authn.js';
import type { Attributes, Authorizer } from './authz/authorizer.js';
import { refuse } from './outcome.js';
import type { Outcome } from './outcome.js';
import { decodeBody } from './registry/body.js';
import { objectReply } from './registry/resource-request.js';
import type { ObjectReply, ResourceRequest } from './registry/resource-request.js';
import { API_AUDIENCES } from './tokens/service-account-tokens.js';
import type { ServiceAccountTokens } from './tokens/service-account-tokens.js';

/** Questions about users and what they may do: they are answered at once, and nothing is stored. */
const REVIEWED: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

export function isReview({ group }: ApiResource): boolean {
  return REVIEWED.has(group);
}

interface AccessReview extends KubernetesObject {
  spec?: AccessSpec;
}

interface AccessSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly resourceAttributes?: Readonly<Partial<Record<ResourcePart, string>>>;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
}

type ResourcePart =
  | 'namespace'
  | 'verb'
  | 'group'
  | 'version'
  | 'resource'
  | 'subresource'
  | 'name';

interface TokenReview extends KubernetesObject {
  spec?: { readonly token?: string; readonly audiences?: readonly string[] };
}

interface RulesReview extends KubernetesObject {
  spec?: { namespace?: string };
}

/** Whom questions are put to. */
interface Reviewers {
  readonly authorizer: Authorizer;
  readonly ports: {
    readonly tokens: ServiceAccountTokens | undefined;
    readonly admission: AdmissionChain;
  };
}

export async function reviewFromRequest(
  reviewers: Reviewers,
  request: ResourceRequest,
): Promise<Outcome<ObjectReply>> {
  const { resource, query, user } = request;
  const body = decodeBody(request.body, resource, query['fieldValidation']);
  if (!body.ok) return body;
  const { object, warnings } = body.value;
  const admitted = await reviewers.ports.admission.review({
    operation: 'CREATE',
    resource,
    subresource: '',
    namespace: request.target.namespace,
    name: object.metadata?.name ?? '',
    object,
    old: undefined,
    user,
    request,
  });
  if (!admitted.ok) return admitted;
  const status = await statusOf(reviewers, request, object, user);
  if (!status.ok) return status;
  const answer = { ...object, metadata: { ...object.metadata }, status: status.value };
  return ok(objectReply(answer, 201, warnings));
}

async function statusOf(
  { authorizer, ports }: Reviewers,
  request: ResourceRequest,
  object: KubernetesObject,
  user: User,
): Promise<Outcome<object>> {
  switch (request.resource.resource) {
    case 'selfsubjectreviews':
      return ok({ userInfo: userInfo(user) });
    case 'tokenreviews':
      return await tokenReviewOf(ports.tokens, object);
    case 'selfsubjectaccessreviews':
      return await accessOf(authorizer, request, object, user);
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return await subjectAccessOf(authorizer, request, object);
    case 'selfsubjectrulesreviews':
      return rulesOf(authorizer, object, user);
    default:
      return refuse(badRequest(`${request.resource.resource} cannot be asked`));
  }
}

function userInfo({ name, groups, uid, extra }: User): object {
  return {
    username: name,
    groups,
    ...(uid !== undefined && { uid }),
    ...(extra !== undefined && { extra }),
  };
}

async function tokenReviewOf(
  tokens: ServiceAccountTokens | undefined,
  { spec = {} }: TokenReview,
): Promise<Outcome<object>> {
  const { token = '', audiences = [] } = spec;
  if (token === '')
    return refuse(badRequest('token is required for TokenReview in authentication'));
  const wanted = audiences.length > 0 ? audiences : API_AUDIENCES;
  const known = await tokens?.authenticate(token, wanted);
  if (known?.ok === false) return known;
  if (known?.value === undefined) return ok({ user: {}, error: 'invalid bearer token' });
  const { user, audiences: common } = known.value;
  return ok({ authenticated: true, user: userInfo(user), audiences: common });
}

async function subjectAccessOf(
  authorizer: Authorizer,
  request: ResourceRequest,
  object: AccessReview,
): Promise<Outcome<object>> {
  const { user = '', groups = [] } = object.spec ?? {};
  return await accessOf(authorizer, request, object, { name: user, groups });
}

async function accessOf(
  authorizer: Authorizer,
  { resource, target }: ResourceRequest,
  object: AccessReview,
  user: User,
): Promise<Outcome<object>> {
  const errors = validateAccessReview(object, scopeOf(resource), target.namespace);
  const attributes = attributesOf(object.spec ?? {}, user);
  if (errors.length > 0 || attributes === undefined) return refuse(invalid(resource, '', errors));
  const { decision, reason } = await authorizer.authorize(attributes);
  return ok({
    allowed: decision === 'allow',
    ...(decision === 'deny' && { denied: true }),
    ...(reason !== '' && { reason }),
  });
}

function scopeOf({ resource, namespaced }: ApiResource): 'self' | 'subject' | 'local' {
  if (namespaced) return 'local';
  return resource === 'selfsubjectaccessreviews' ? 'self' : 'subject';
}

/** Absent where not exactly one thing is asked for. */
function attributesOf(spec: AccessSpec, user: User): Attributes | undefined {
  const { resourceAttributes: on, nonResourceAttributes: at } = spec;
  if ((on === undefined) === (at === undefined)) return undefined;
  if (at !== undefined) return { type: 'path', user, verb: at.verb ?? '', path: at.path ?? '' };
  return {
    type: 'resource',
    user,
    verb: on?.verb ?? '',
    group: on?.group ?? '',
    version: on?.version ?? '',
    resource: on?.resource ?? '',
    subresource: on?.subresource ?? '',
    namespace: on?.namespace ?? '',
    name: on?.name ?? '',
  };
}

function rulesOf(authorizer: Authorizer, object: RulesReview, user: User): Outcome<object> {
  const namespace = object.spec?.namespace ?? '';
  if (namespace === '') return refuse(badRequest('no namespace on request'));
  const known = authorizer.rules?.(user, namespace);
  const rules = known?.rules ?? [];
  return ok({
    resourceRules: rules
      .filter((rule) => rule.resources !== undefined)
      .map(({ verbs, apiGroups = [], resources = [], resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames !== undefined && resourceNames.length > 0 && { resourceNames }),
      })),
    nonResourceRules: rules
      .filter((rule) => rule.nonResourceURLs !== undefined)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: known?.complete !== true,
  });
}
