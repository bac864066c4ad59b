import { failed, ok } from '../../../base/index.js';
import type { Result } from '../../../base/index.js';
import type { AdmissionAttributes } from '../admission.js';
import { matchesNamespace, matchesObject, ruledSubject } from '../matching.js';
import type { MatchPorts } from '../matching.js';
import type { Subject } from '../webhooks/subject.js';
import type { Criteria } from './policy-set.js';

/**
 * In which version a write is what these are about; undefined: it is not (apiserver, matching.Matcher). An error is told only
 * where nothing else says no.
 */
export async function matchCriteria(
  ports: MatchPorts,
  { resources, namespaceSelector, objectSelector }: Criteria,
  attributes: AdmissionAttributes,
  own: Subject,
): Promise<Result<Subject | undefined, string>> {
  const { matchPolicy, resourceRules: rules = [], excludeResourceRules: excluded = [] } = resources;
  const subject =
    rules.length === 0 ? own : ruledSubject(ports, rules, matchPolicy, attributes, own);
  if (subject === undefined) return ok(undefined);
  if (ruledSubject(ports, excluded, matchPolicy, attributes, own) !== undefined)
    return ok(undefined);
  const inObject = matchesObject(objectSelector, attributes);
  if (inObject.ok && !inObject.value) return ok(undefined);
  const inNamespace = await matchesNamespace(ports, namespaceSelector, attributes, own);
  if (!inNamespace.ok) return failed(inNamespace.error.message ?? '');
  if (!inNamespace.value) return ok(undefined);
  return inObject.ok ? ok(subject) : inObject;
}
