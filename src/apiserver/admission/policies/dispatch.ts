import { evaluatePolicy, policyDenialStatus } from '../../../api/index.js';
import type {
  AdmissionRequest,
  ApiResource,
  KubernetesObject,
  PolicyResult,
} from '../../../api/index.js';
import { failed, ok } from '../../../base/index.js';
import type { Log, Result } from '../../../base/index.js';
import type { Authorizer } from '../../authz/authorizer.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import type { PolicyMetrics } from '../../policy-metrics.js';
import { decisions } from '../access-decisions.js';
import type { Decisions } from '../access-decisions.js';
import { ADMITTED, nameOf } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import { namespaceNotFound } from '../matching.js';
import type { MatchPorts } from '../matching.js';
import type { ObjectViews } from '../webhooks/object-views.js';
import { admissionRequest } from '../webhooks/request.js';
import { subjectOf } from '../webhooks/subject.js';
import type { Subject } from '../webhooks/subject.js';
import { matchCriteria } from './criteria.js';
import { collectParams, paramResource } from './params.js';
import type { ParamPorts } from './params.js';
import type { Binding, Policy } from './policy-set.js';
import { newVerdict } from './verdict.js';
import type { Verdict } from './verdict.js';

export interface PolicyPorts extends MatchPorts, ParamPorts {
  readonly catalog: MatchPorts['catalog'];
  readonly authorizer: Authorizer;
  readonly policyMetrics: PolicyMetrics;
  readonly log: Log;
}

/** Asks all policies about a write; the first of them that denies it is heard (apiserver, validating dispatcher). */
export async function validateByPolicies(
  ports: PolicyPorts,
  policies: readonly Policy[],
  attributes: AdmissionAttributes,
  views: ObjectViews,
): Promise<Outcome<undefined>> {
  const own = subjectOf(attributes);
  const verdict = newVerdict(ports, attributes);
  const decided = decisions(ports.authorizer, attributes.user);
  for (const policy of policies) {
    const ready = await prepare(ports, policy, attributes, own);
    if (!ready.ok) verdict.misconfigured(policy, undefined, ready.error);
    else if (ready.value !== undefined) {
      const asked = { policy, own, ...ready.value };
      const done = await askBindings(ports, asked, attributes, views, verdict, decided);
      if (!done.ok) return done;
    }
  }
  const denial = verdict.first();
  if (denial === undefined) return ADMITTED;
  const { message, reason } = denial;
  return refuse(policyDenialStatus(attributes.resource, nameOf(attributes), message, reason));
}

interface Asked {
  readonly policy: Policy;
  /** As the client sent it. */
  readonly own: Subject;
  /** As the policy wants it. */
  readonly subject: Subject;
  /** Undefined: the policy has no parameters. */
  readonly params: ApiResource | undefined;
}

/** Whether a policy is about a write, and whether it can be asked. */
async function prepare(
  ports: PolicyPorts,
  { criteria, paramKind }: Policy,
  attributes: AdmissionAttributes,
  own: Subject,
): Promise<Result<Pick<Asked, 'subject' | 'params'> | undefined, string>> {
  if (criteria === undefined)
    return failed('policy contained no match constraints, a required field');
  const matched = await matchCriteria(ports, criteria, attributes, own);
  if (!matched.ok || matched.value === undefined) return matched.ok ? ok(undefined) : matched;
  if (paramKind === undefined) return ok({ subject: matched.value, params: undefined });
  const params = paramResource(ports, paramKind);
  return params.ok ? ok({ subject: matched.value, params: params.value }) : params;
}

async function askBindings(
  ports: PolicyPorts,
  asked: Asked,
  attributes: AdmissionAttributes,
  views: ObjectViews,
  verdict: Verdict,
  decided: Decisions,
): Promise<Outcome<undefined>> {
  const { policy, own } = asked;
  for (const binding of policy.bindings) {
    const params = await paramsFor(ports, asked, binding, attributes);
    if (!params.ok) {
      verdict.misconfigured(policy, binding, params.error);
      continue;
    }
    if (params.value.length === 0) continue;
    const viewed = await view(asked.subject, attributes, views);
    if (!viewed.ok) {
      const reason = viewed.error.message ?? '';
      verdict.misconfigured(policy, binding, `failed to convert object version: ${reason}`);
      continue;
    }
    const namespace = await namespaceOf(ports, own);
    if (!namespace.ok) return namespace;
    for (const each of params.value) {
      const subject = { ...viewed.value, params: each, namespace: namespace.value };
      const result = await decided.evaluate(
        (decide): PolicyResult => evaluatePolicy(policy.compiled(), { ...subject, decide }),
      );
      verdict.add(policy, binding, result);
    }
  }
  verdict.annotate(policy);
  return ADMITTED;
}

/** With what a policy is asked for a binding: once without, where it has no parameters. Empty: it is not asked. */
async function paramsFor(
  ports: PolicyPorts,
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

interface Viewed {
  readonly request: AdmissionRequest;
  readonly object: KubernetesObject | undefined;
  readonly oldObject: KubernetesObject | undefined;
}

async function view(
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
async function namespaceOf(
  { namespaces }: PolicyPorts,
  { kind, namespace }: Subject,
): Promise<Outcome<KubernetesObject | undefined>> {
  const isNamespace = kind.group === '' && kind.kind === 'Namespace';
  if (namespace === '' || isNamespace) return ok(undefined);
  const found = await namespaces(namespace);
  if (!found.ok) return found;
  return found.value === undefined ? refuse(namespaceNotFound(namespace)) : ok(found.value);
}
