import {
  findResource,
  internalError,
  labelSelectorFromObject,
  matchesRule,
  notFound,
} from '../../api/index.js';
import type {
  LabelSelector,
  LabelSelectorMatcher,
  Status,
  V1NamedRuleWithOperations,
} from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { Result } from '../../base/index.js';
import type { CustomCatalog } from '../custom/catalog.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { AdmissionAttributes } from './admission.js';
import type { NamespaceLookup } from './namespace-lifecycle.js';
import { equivalentsOf } from './webhooks/subject.js';
import type { Subject } from './webhooks/subject.js';

/** What webhooks and policies have in common: which writes they are about. */
export interface MatchPorts {
  readonly catalog: Pick<CustomCatalog, 'rows'>;
  readonly namespaces: NamespaceLookup;
}

const NAMESPACES = assertDefined(findResource('', 'v1', 'namespaces'), 'namespaces');

/** Absent: everything. */
export function selectorOf(
  selector: LabelSelector | undefined,
): Result<LabelSelectorMatcher, string> {
  return labelSelectorFromObject(selector ?? {});
}

/** The version that a rule names; that of the client, where one does. */
export function ruledSubject(
  { catalog }: Pick<MatchPorts, 'catalog'>,
  rules: readonly V1NamedRuleWithOperations[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
  own: Subject,
): Subject | undefined {
  const isNamed = ({ resourceNames: names }: V1NamedRuleWithOperations): boolean =>
    names === undefined || names.length === 0 || names.includes(attributes.name);
  const named = rules.filter(isNamed);
  if (named.some((rule) => matchesRule(rule, own))) return own;
  if (matchPolicy !== 'Equivalent' || named.length === 0) return undefined;
  const others = equivalentsOf(catalog, attributes);
  for (const rule of named) {
    const found = others.find((each) => matchesRule(rule, each));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Either version of an object will do; what has no labels matches no selector but the empty one. */
export function matchesObject(
  selector: Result<LabelSelectorMatcher, string>,
  { object, old }: Pick<AdmissionAttributes, 'object' | 'old'>,
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

export async function matchesNamespace(
  { namespaces }: Pick<MatchPorts, 'namespaces'>,
  selector: Result<LabelSelectorMatcher, string>,
  { object }: Pick<AdmissionAttributes, 'object'>,
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
  if (found.value === undefined) return refuse(namespaceNotFound(namespace));
  return ok(matcher.matches(found.value.metadata?.labels));
}

export function namespaceNotFound(name: string): Status {
  return notFound(NAMESPACES, name);
}
