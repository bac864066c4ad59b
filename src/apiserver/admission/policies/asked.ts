import type { AdmissionRequest, ApiResource, KubernetesObject } from '../../../api/index.js';
import { failed, ok } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import type { AdmissionAttributes } from '../admission.js';
import { namespaceNotFound } from '../matching.js';
import type { MatchPorts } from '../matching.js';
import type { ObjectViews } from '../webhooks/object-views.js';
import { admissionRequest } from '../webhooks/request.js';
import type { Subject } from '../webhooks/subject.js';
import { matchCriteria } from './criteria.js';
import { collectParams, paramResource } from './params.js';
import type { ParamPorts } from './params.js';
import type { Binding, BoundPolicy } from './policy-set.js';

export interface AskPorts extends MatchPorts, ParamPorts {
  readonly catalog: MatchPorts['catalog'];
}

/** What a policy of either kind is asked about. */
export interface Asked {
  /** As the client sent it. */
  readonly own: Subject;
  /** As the policy wants it. */
  readonly subject: Subject;
  /** Undefined: the policy has no parameters. */
  readonly params: ApiResource | undefined;
}

/** Whether a policy is about a write, and whether it can be asked. */
export async function prepare(
  ports: AskPorts,
  { criteria, paramKind }: Pick<BoundPolicy, 'criteria' | 'paramKind'>,
  attributes: AdmissionAttributes,
  own: Subject,
): Promise<Result<Asked | undefined, string>> {
  if (criteria === undefined)
    return failed('policy contained no match constraints, a required field');
  const matched = await matchCriteria(ports, criteria, attributes, own);
  if (!matched.ok || matched.value === undefined) return matched.ok ? ok(undefined) : matched;
  if (paramKind === undefined) return ok({ own, subject: matched.value, params: undefined });
  const params = paramResource(ports, paramKind);
  return params.ok ? ok({ own, subject: matched.value, params: params.value }) : params;
}

/** With what a policy is asked for a binding: once without, where it has no parameters. Empty: it is not asked. */
export async function paramsFor(
  ports: AskPorts,
  { own, params }: Asked,
  { criteria, paramRef }: Binding,
  attributes: AdmissionAttributes,
): Promise<Result<readonly (KubernetesObject | undefined)[], string>> {
  if (criteria !== undefined) {
    const matched = await matchCriteria(ports, criteria, attributes, own);
    if (!matched.ok) return matched;
    if (matched.value === undefined) return ok([]);
  }
  if (params === undefined || paramRef === undefined) return ok([undefined]);
  return await collectParams(ports, params, paramRef, own.namespace);
}

export interface Viewed {
  readonly request: AdmissionRequest;
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
}

export async function view(
  subject: Subject,
  attributes: AdmissionAttributes,
  views: ObjectViews,
): Promise<Outcome<Viewed>> {
  const object = await views.object(subject);
  if (!object.ok) return object;
  const old = await views.old(subject);
  if (!old.ok) return old;
  const request = admissionRequest(attributes, subject, '', object.value, old.value);
  return ok({ request, object: object.value, oldObject: old.value });
}

/** A namespace is in none, though its requests name one. */
export async function namespaceOf(
  { namespaces }: AskPorts,
  { kind, namespace }: Subject,
): Promise<Outcome<KubernetesObject | undefined>> {
  const isNamespace = kind.group === '' && kind.kind === 'Namespace';
  if (namespace === '' || isNamespace) return ok(undefined);
  const found = await namespaces(namespace);
  if (!found.ok) return found;
  return found.value === undefined ? refuse(namespaceNotFound(namespace)) : ok(found.value);
}
