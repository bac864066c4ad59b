import {
  evaluateConditions,
  expressionValues,
  forbiddenBecause,
  internalError,
} from '../../../api/index.js';
import { ok } from '../../../base/index.js';
import type { Authorizer } from '../../authz/authorizer.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import type { WebhookMetrics } from '../../webhook-metrics.js';
import { decisions } from '../access-decisions.js';
import type { AdmissionAttributes } from '../admission.js';
import { matchesNamespace, matchesObject, ruledSubject } from '../matching.js';
import type { MatchPorts } from '../matching.js';
import type { Hook } from './hooks.js';
import type { ObjectViews } from './object-views.js';
import { admissionRequest } from './request.js';
import { subjectOf } from './subject.js';
import type { Subject } from './subject.js';

export interface InvocationPorts extends MatchPorts {
  readonly authorizer: Authorizer;
  readonly metrics: WebhookMetrics;
}

/**
 * In which version a webhook is to be asked about a write; undefined: not at all (apiserver, generic.ShouldCallHook). What cannot
 * be told refuses the write, unless the webhook is not about it anyhow.
 */
export async function invocationOf(
  ports: InvocationPorts,
  hook: Hook,
  attributes: AdmissionAttributes,
  views: ObjectViews,
): Promise<Outcome<Subject | undefined>> {
  const own = subjectOf(attributes);
  const inObject = matchesObject(hook.objectSelector, attributes);
  if (inObject.ok && !inObject.value) return ok(undefined);
  const { rules = [], matchPolicy } = hook.spec;
  const subject = ruledSubject(ports, rules, matchPolicy, attributes, own);
  if (subject === undefined) return ok(undefined);
  const inNamespace = await matchesNamespace(ports, hook.namespaceSelector, attributes, own);
  if (!inNamespace.ok) return inNamespace;
  if (!inNamespace.value) return ok(undefined);
  if (!inObject.ok) return refuse(internalError(inObject.error));
  return await underConditions(ports, hook, attributes, subject, views);
}

async function underConditions(
  { metrics, authorizer }: InvocationPorts,
  hook: Hook,
  attributes: AdmissionAttributes,
  subject: Subject,
  views: ObjectViews,
): Promise<Outcome<Subject | undefined>> {
  const conditions = hook.conditions();
  if (conditions.length === 0) return ok(subject);
  const object = await views.object(subject);
  if (!object.ok) return object;
  const old = await views.old(subject);
  if (!old.ok) return old;
  const request = admissionRequest(attributes, subject, '', object.value, old.value);
  const outcome = await decisions(authorizer, attributes.user).evaluate((decide) =>
    evaluateConditions(
      conditions,
      expressionValues({ request, object: object.value, oldObject: old.value, decide }),
    ),
  );
  if (outcome.type === 'matched') return ok(subject);
  if (outcome.type === 'failed') {
    metrics.conditionFailed(hook, attributes.operation);
    if (!hook.failsOpen) return refuse(forbiddenBecause(subject, attributes.name, outcome.message));
  }
  metrics.excluded(hook, attributes.operation);
  return ok(undefined);
}
