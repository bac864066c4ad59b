import { evaluatePolicy, policyDenialStatus } from '../../../api/index.js';
import type { PolicyResult } from '../../../api/index.js';
import type { Log } from '../../../base/index.js';
import type { Authorizer } from '../../authz/authorizer.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import type { PolicyMetrics } from '../../policy-metrics.js';
import { decisions } from '../access-decisions.js';
import type { Decisions } from '../access-decisions.js';
import { ADMITTED, nameOf } from '../admission.js';
import type { AdmissionAttributes } from '../admission.js';
import type { ObjectViews } from '../webhooks/object-views.js';
import { subjectOf } from '../webhooks/subject.js';
import { namespaceOf, paramsFor, prepare, view } from './asked.js';
import type { Asked, AskPorts } from './asked.js';
import type { ValidatingPolicy } from './policy-set.js';
import { newVerdict } from './verdict.js';
import type { Verdict } from './verdict.js';

export interface PolicyPorts extends AskPorts {
  readonly authorizer: Authorizer;
  readonly policyMetrics: PolicyMetrics;
  readonly log: Log;
}

/** Asks all policies about a write; the first of them that denies it is heard (apiserver, validating dispatcher). */
export async function validateByPolicies(
  ports: PolicyPorts,
  policies: readonly ValidatingPolicy[],
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
      const asked = { policy, ...ready.value };
      const done = await askBindings(ports, asked, attributes, views, verdict, decided);
      if (!done.ok) return done;
    }
  }
  const denial = verdict.first();
  if (denial === undefined) return ADMITTED;
  const { message, reason } = denial;
  return refuse(policyDenialStatus(attributes.resource, nameOf(attributes), message, reason));
}

interface AskedPolicy extends Asked {
  readonly policy: ValidatingPolicy;
}

async function askBindings(
  ports: PolicyPorts,
  asked: AskedPolicy,
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
