import type { KubernetesObject } from '../object.js';
import type { Errors } from './checks.js';
import { dnsSubdomainProblems, pathSegmentProblems } from './names.js';
import type { NameRule } from './object-meta.js';

/** How the objects of one resource are validated, beside their metadata. */
export interface Rule<T> {
  readonly name: NameRule;
  create?(object: T, errors: Errors): void;
  /** Absent: as `create`. */
  update?(object: T, old: T, errors: Errors): void;
  status?(object: T, old: T, errors: Errors): void;
  /** By the names of other subresources. Absent: as `create`. */
  readonly parts?: Readonly<Record<string, (object: T, old: T, errors: Errors) => void>>;
}

/** Objects were decoded as the model that the rule is for. */
export type AnyRule = Rule<KubernetesObject>;

/** Keys of `resourceKeyOf`, each with the rule of its objects. */
export type RuleEntries = readonly (readonly [string, unknown])[];

export const SUBDOMAIN: NameRule = { namespaced: true, problems: dnsSubdomainProblems };
export const CLUSTER_SUBDOMAIN: NameRule = { namespaced: false, problems: dnsSubdomainProblems };
export const SEGMENT: NameRule = { namespaced: true, problems: pathSegmentProblems };
export const CLUSTER_SEGMENT: NameRule = { namespaced: false, problems: pathSegmentProblems };

export function rule<T>(name: NameRule, checks: Omit<Rule<T>, 'name'> = {}): Rule<T> {
  return { name, ...checks };
}

/** What looks at the new status alone. */
export function ofStatus<T>(
  check: (object: T, errors: Errors) => void,
): (object: T, old: T, errors: Errors) => void {
  return (object, _old, errors) => {
    check(object, errors);
  };
}
