import {
  badRequest,
  conflict,
  internalError,
  invalid,
  parseGroupVersion,
} from '../../api/index.js';
import type { ApiSubresource, FieldError, KubernetesObject } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { decodeBody } from '../registry/body.js';
import { getObject } from '../registry/get.js';
import { timestamp } from '../registry/ports.js';
import type { RegistryPorts } from '../registry/ports.js';
import { objectReply } from '../registry/resource-request.js';
import type { ObjectReply, ResourceRequest } from '../registry/resource-request.js';
import { readWriteOptions } from '../registry/write-options.js';
import type { NamedUid } from './claims.js';
import { API_AUDIENCES, boundResource } from './service-account-tokens.js';
import type { TokenSubject } from './service-account-tokens.js';

interface BoundObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}
interface TokenRequest extends KubernetesObject {
  spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: BoundObject;
  };
}
interface BoundPod extends KubernetesObject {
  spec?: { readonly serviceAccountName?: string; readonly nodeName?: string };
}

const EXPIRATION_SECONDS = 3_600;
const EXPIRATION_SECONDS_MIN = 600;
const EXPIRATION_SECONDS_MAX = 2 ** 32;
const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };

/** POST to `serviceaccounts/token`: a token that proves who asks to be that account (KEP-1205). Nothing is stored. */
export async function tokenFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
  subresource: ApiSubresource,
): Promise<Outcome<ObjectReply>> {
  const { target, query } = request;
  const options = readWriteOptions(request, 'CreateOptions');
  if (!options.ok) return options;
  const body = decodeBody(request.body, subresource, query['fieldValidation']);
  if (!body.ok) return body;
  const sent: TokenRequest = body.value.object;
  const misplaced = checkPlace(sent, target);
  if (misplaced.length > 0) return refuse(invalid(KIND, target.name, misplaced));
  const account = await getObject(ports, { ...request, query: {} });
  if (!account.ok) return account;
  const admitted = await ports.admission.review({
    operation: 'CREATE',
    resource: request.resource,
    subresource: subresource.name,
    namespace: target.namespace,
    name: target.name,
    object: sent,
    old: undefined,
    user: request.user,
    dryRun: options.value.dryRun,
    request,
  });
  if (!admitted.ok) return admitted;
  const {
    audiences = [],
    expirationSeconds = EXPIRATION_SECONDS,
    boundObjectRef,
  } = sent.spec ?? {};
  const wrong = checkExpiration(expirationSeconds);
  if (wrong.length > 0) return refuse(invalid(KIND, '', wrong));
  const bound = await boundTo(ports, request, boundObjectRef);
  if (!bound.ok) return bound;
  if (ports.tokens === undefined) return refuse(internalError('there is no key to sign tokens'));
  const subject: TokenSubject = {
    namespace: target.namespace,
    account: namedUid(account.value),
    audiences: audiences.length > 0 ? audiences : API_AUDIENCES,
    expirationSeconds,
    ...bound.value,
  };
  const answer = {
    ...sent,
    metadata: {
      ...sent.metadata,
      name: target.name,
      namespace: target.namespace,
      creationTimestamp: timestamp(ports.clock),
    },
    spec: { ...sent.spec, audiences: subject.audiences, expirationSeconds },
    status: {
      token: ports.tokens.issue(subject),
      expirationTimestamp: timestamp(ports.clock, expirationSeconds),
    },
  };
  return ok(objectReply(answer, 201, body.value.warnings));
}

function checkPlace(
  { metadata }: TokenRequest,
  at: { readonly name: string; readonly namespace: string },
): FieldError[] {
  return (['name', 'namespace'] as const).flatMap((part): FieldError[] => {
    const badValue = metadata?.[part] ?? '';
    if (badValue === '' || badValue === at[part]) return [];
    const detail = `must match the service account ${part} if specified`;
    return [{ type: 'FieldValueInvalid', field: `metadata.${part}`, badValue, detail }];
  });
}

function checkExpiration(badValue: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  const refused = (detail: string): FieldError[] => [
    { type: 'FieldValueInvalid', field, badValue, detail },
  ];
  if (badValue < EXPIRATION_SECONDS_MIN)
    return refused('may not specify a duration less than 10 minutes');
  return badValue > EXPIRATION_SECONDS_MAX
    ? refused('may not specify a duration larger than 2^32 seconds')
    : [];
}

type Bound = Pick<TokenSubject, 'pod' | 'secret' | 'node'>;

/** The object that a token lives and dies with. */
async function boundTo(
  ports: RegistryPorts,
  request: ResourceRequest,
  reference: BoundObject | undefined,
): Promise<Outcome<Bound>> {
  if (reference === undefined) return ok({});
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference;
  const { group, version } = parseGroupVersion(apiVersion);
  const resource = group === '' ? BINDABLE[kind] : undefined;
  if (resource === undefined)
    return refuse(
      badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`),
    );
  const found = await objectAt(ports, request, resource, name);
  if (!found.ok) return found;
  const object = found.value;
  if (kind === 'Pod' && (object as BoundPod).spec?.serviceAccountName !== request.target.name)
    return refuse(
      badRequest(
        `cannot bind token for serviceaccount "${request.target.name}" to pod running with different serviceaccount name.`,
      ),
    );
  if (uid !== '' && uid !== object.metadata?.uid) {
    const detail = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    return refuse(conflict({ group, resource: kind }, name, detail));
  }
  if (kind === 'Pod') return await withNode(ports, request, object);
  return ok(kind === 'Secret' ? { secret: namedUid(object) } : { node: namedUid(object) });
}

const BINDABLE: Readonly<Record<string, string>> = {
  Pod: 'pods',
  Secret: 'secrets',
  Node: 'nodes',
};

/** A pod's token tells its node, too, if that is still there. */
async function withNode(
  ports: RegistryPorts,
  request: ResourceRequest,
  pod: BoundPod,
): Promise<Outcome<Bound>> {
  const nodeName = pod.spec?.nodeName ?? '';
  if (nodeName === '') return ok({ pod: namedUid(pod) });
  const node = await objectAt(ports, request, 'nodes', nodeName);
  if (!node.ok && node.error.code !== 404) return node;
  return ok({ pod: namedUid(pod), ...(node.ok && { node: namedUid(node.value) }) });
}

async function objectAt(
  ports: RegistryPorts,
  request: ResourceRequest,
  resource: string,
  name: string,
): Promise<Outcome<KubernetesObject>> {
  const row = boundResource(resource);
  const namespace = row.namespaced ? request.target.namespace : '';
  const target = { ...request.target, resource, namespace, name };
  return await getObject(ports, { ...request, resource: row, target, query: {} });
}

function namedUid({ metadata }: KubernetesObject): NamedUid {
  return { name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
}
