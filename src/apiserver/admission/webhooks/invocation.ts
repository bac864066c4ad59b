import {
  evaluateConditions,
  findResource,
  forbiddenBecause,
  internalError,
  matchesRule,
  notFound,
} from '../../../api/index.js';
import type { LabelSelectorMatcher } from '../../../api/index.js';
import { assertDefined, ok } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import type { CustomCatalog } from '../../custom/catalog.js';
import { refuse } from '../../outcome.js';
import type { Outcome } from '../../outcome.js';
import type { WebhookMetrics } from '../../webhook-metrics.js';
import type { AdmissionAttributes } from '../admission.js';
import type { NamespaceLookup } from '../namespace-lifecycle.js';
import type { Hook } from './hooks.js';
import type { ObjectViews } from './object-views.js';
import { admissionRequest } from './request.js';
import { equivalentsOf, subjectOf } from './subject.js';
import type { Subject } from './subject.js';

export interface MatchPorts {
  readonly catalog: Pick<CustomCatalog, 'rows'>;
  readonly namespaces: NamespaceLookup;
  readonly metrics: WebhookMetrics;
}

const NAMESPACES = assertDefined(findResource('', 'v1', 'namespaces'), 'namespaces');

/**
 * In which version a webhook is to be asked about a write; undefined: not at all (apiserver, generic.ShouldCallHook). What cannot
 * be told refuses the write, unless the webhook is not about it anyhow.
 */
export async function invocationOf(
  ports: MatchPorts,
  hook: Hook,
  attributes: AdmissionAttributes,
  views: ObjectViews,
): Promise<Outcome<Subject | undefined>> {
  const own = subjectOf(attributes);
  const inObject = matchesObject(hook.objectSelector, attributes);
  if (inObject.ok && !inObject.value) return ok(undefined);
  const subject = ruledSubject(ports, hook, attributes, own);
  if (subject === undefined) return ok(undefined);
  const inNamespace = await matchesNamespace(ports, hook.namespaceSelector, attributes, own);
  if (!inNamespace.ok) return inNamespace;
  if (!inNamespace.value) return ok(undefined);
  if (!inObject.ok) return refuse(internalError(inObject.error));
  return await underConditions(ports, hook, attributes, subject, views);
}

/** The version that a rule names; that of the client, where one does. */
function ruledSubject(
  { catalog }: MatchPorts,
  { spec }: Hook,
  attributes: AdmissionAttributes,
  own: Subject,
): Subject | undefined {
  const rules = spec.rules ?? [];
  if (rules.some((rule) => matchesRule(rule, own))) return own;
  if (spec.matchPolicy !== 'Equivalent') return undefined;
  const others = equivalentsOf(catalog, attributes);
  for (const rule of rules) {
    const found = others.find((each) => matchesRule(rule, each));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Either version of an object will do; what has no labels matches no selector but the empty one. */
function matchesObject(
  selector: Result<LabelSelectorMatcher, string>,
  { object, old }: AdmissionAttributes,
): Result<boolean, string> {
  if (!selector.ok) return selector;
  const matcher = selector.value;
  if (matcher.everything) return ok(true);
  return ok(
    [object, old].some(
      (each) => each?.metadata !== undefined && matcher.matches(each.metadata.labels),
    ),
  );
}

async function matchesNamespace(
  { namespaces }: MatchPorts,
  selector: Result<LabelSelectorMatcher, string>,
  { object }: AdmissionAttributes,
  { operation, resource, subresource, namespace }: Subject,
): Promise<Outcome<boolean>> {
  if (namespace === '' && resource !== 'namespaces') return ok(true);
  if (!selector.ok) return refuse(internalError(selector.error));
  const matcher = selector.value;
  if (matcher.everything) return ok(true);
  // A namespace that is being written is not in the cache as it will be.
  const itself = resource === 'namespaces' && subresource === '';
  if (itself && (operation === 'CREATE' || operation === 'UPDATE'))
    return ok(matcher.matches(object?.metadata?.labels));
  const found = await namespaces(namespace);
  if (!found.ok) return refuse(internalError(found.error.message ?? ''));
  if (found.value === undefined) return refuse(notFound(NAMESPACES, namespace));
  return ok(matcher.matches(found.value.metadata?.labels));
}

async function underConditions(
  { metrics }: MatchPorts,
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
  const outcome = evaluateConditions(conditions, {
    request,
    object: object.value,
    oldObject: old.value,
  });
  if (outcome.type === 'matched') return ok(subject);
  if (outcome.type === 'failed') {
    metrics.conditionFailed(hook, attributes.operation);
    if (!hook.failsOpen) return refuse(forbiddenBecause(subject, attributes.name, outcome.message));
  }
  metrics.excluded(hook, attributes.operation);
  return ok(undefined);
}
