import { listOf } from '../absent.js';
import type { V1RuleWithOperations } from '../generated/types.js';

/** What a rule of a webhook is held against: a write as the client sent it, or as another version of its resource would be. */
export interface RuleSubject {
  readonly operation: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty: the object itself. */
  readonly subresource: string;
  /** Empty: the object lives in none. Of a namespace: its own name. */
  readonly namespace: string;
}

/** Whether a rule is about a write (admissionregistration.k8s.io RuleWithOperations; apiserver, rules.Matcher). */
export function matchesRule(rule: V1RuleWithOperations, subject: RuleSubject): boolean {
  return (
    inScope(rule.scope ?? '*', subject) &&
    lists(rule.operations, subject.operation) &&
    lists(rule.apiGroups, subject.group) &&
    lists(rule.apiVersions, subject.version) &&
    listOf(rule.resources).some((each) => namesResource(each, subject))
  );
}

function lists(items: readonly string[] | undefined, wanted: string): boolean {
  return listOf(items).some((each) => each === '*' || each === wanted);
}

/** A namespace is no object of a namespace, though its requests name one. */
function inScope(scope: string, { group, version, resource, namespace }: RuleSubject): boolean {
  if (scope === '*') return true;
  const isNamespace = group === '' && version === 'v1' && resource === 'namespaces';
  const isNamespaced = !isNamespace && namespace !== '';
  return scope === 'Namespaced' ? isNamespaced : scope === 'Cluster' && !isNamespaced;
}

// `pods`, `pods/status`, `pods/*` (the pod, too), `*` (no subresource), `*/scale`, `*/*`.
function namesResource(text: string, { resource, subresource }: RuleSubject): boolean {
  const slash = text.indexOf('/');
  const [wanted, part] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
  return (wanted === '*' || wanted === resource) && (part === '*' || part === subresource);
}
