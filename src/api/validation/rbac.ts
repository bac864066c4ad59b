import { isUnset, listOf, maybe } from '../absent.js';
import type {
  RbacV1Subject,
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1PolicyRule,
} from '../generated/types.js';
import type { Errors } from './checks.js';
import { checkProblems } from './checks.js';
import { invalid, notSupported, required } from './field-error.js';
import { semanticEqual } from './json-equal.js';
import { checkLabelSelector } from './label-selector.js';
import { dnsSubdomainProblems } from './names.js';

const GROUP = 'rbac.authorization.k8s.io';

/** Of roles and of cluster roles. */
export function checkRole(role: V1ClusterRole, namespaced: boolean, errors: Errors): void {
  listOf(role.rules).forEach((rule, index) => {
    checkRule(rule, namespaced, `rules[${String(index)}]`, errors);
  });
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (role.aggregationRule !== undefined && listOf(selectors).length === 0) {
    const text = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(required('aggregationRule.clusterRoleSelectors', text));
  }
  listOf(selectors).forEach((selector, index) => {
    const field = `aggregationRule.clusterRoleSelectors[${String(index)}]`;
    checkLabelSelector(selector, field, errors);
  });
}

function checkRule(rule: V1PolicyRule, namespaced: boolean, place: string, errors: Errors): void {
  const urls = listOf(rule.nonResourceURLs);
  const groups = listOf(rule.apiGroups);
  const resources = listOf(rule.resources);
  if (listOf(rule.verbs).length === 0) {
    errors.push(required(`${place}.verbs`, 'verbs must contain at least one value'));
  }
  if (urls.length > 0) {
    const field = `${place}.nonResourceURLs`;
    if (namespaced) {
      const text = 'namespaced rules cannot apply to non-resource URLs';
      errors.push(invalid(field, urls, text));
    }
    if (groups.length + resources.length + listOf(rule.resourceNames).length > 0) {
      const text = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(field, urls, text));
    }
    return;
  }
  if (groups.length === 0) {
    const text = 'resource rules must supply at least one api group';
    errors.push(required(`${place}.apiGroups`, text));
  }
  if (resources.length === 0) {
    const text = 'resource rules must supply at least one resource';
    errors.push(required(`${place}.resources`, text));
  }
}

/** Of role bindings and of cluster role bindings. */
export function checkRoleBinding(
  binding: V1ClusterRoleBinding,
  namespaced: boolean,
  errors: Errors,
): void {
  const { apiGroup = '', kind = '', name = '' } = maybe(binding.roleRef) ?? {};
  if (apiGroup !== GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  listOf(binding.subjects).forEach((subject, index) => {
    checkSubject(subject, namespaced, `subjects[${String(index)}]`, errors);
  });
}

export function checkRoleBindingUpdate(
  binding: V1ClusterRoleBinding,
  old: V1ClusterRoleBinding,
  namespaced: boolean,
  errors: Errors,
): void {
  checkRoleBinding(binding, namespaced, errors);
  if (!semanticEqual(binding.roleRef, old.roleRef)) {
    errors.push(invalid('roleRef', binding.roleRef, 'cannot change roleRef'));
  }
}

function checkSubject(
  subject: RbacV1Subject,
  namespaced: boolean,
  place: string,
  errors: Errors,
): void {
  const { kind, name, namespace = '', apiGroup = '' } = subject;
  if (isUnset(name)) errors.push(required(`${place}.name`));
  if (kind === 'ServiceAccount') {
    if (!isUnset(name)) checkProblems(dnsSubdomainProblems(name), `${place}.name`, name, errors);
    if (apiGroup !== '') errors.push(notSupported(`${place}.apiGroup`, apiGroup, ['']));
    if (!namespaced && namespace === '') errors.push(required(`${place}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) errors.push(notSupported(`${place}.apiGroup`, apiGroup, [GROUP]));
  } else {
    errors.push(notSupported(`${place}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
}
