import type { KubernetesObject } from '../../api/index.js';
import type { User } from '../authn.js';
import { ALLOW, NO_OPINION } from './authorizer.js';
import type {
  Attributes,
  Authorizer,
  PathAttributes,
  PolicyRule,
  ResourceAttributes,
} from './authorizer.js';

export interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding extends KubernetesObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
}

interface Role extends KubernetesObject {
  readonly rules?: readonly PolicyRule[] | null;
}

/** Where the evaluator reads roles and bindings: the caches of the registry. */
export interface RbacObjects {
  clusterRoleBindings(): Iterable<KubernetesObject>;
  roleBindings(namespace: string): Iterable<KubernetesObject>;
  clusterRole(name: string): KubernetesObject | undefined;
  role(namespace: string, name: string): KubernetesObject | undefined;
}

/** Role-based access control: allows what some rule of some bound role allows, and never denies. */
export function rbacAuthorizer(objects: RbacObjects): Authorizer {
  return {
    authorize(attributes) {
      const missing: string[] = [];
      for (const rules of boundRules(objects, attributes, missing)) {
        if (rules.some((rule) => ruleAllows(rule, attributes))) return ALLOW;
      }
      if (missing.length === 0) return NO_OPINION;
      return { decision: 'no-opinion', reason: `RBAC: ${missing.join(', ')}` };
    },
    rules(user, namespace) {
      const bound = boundRules(objects, { type: 'resource', user, namespace }, []);
      return { rules: [...bound].flat(), complete: true };
    },
  };
}

type Where =
  | Pick<ResourceAttributes, 'type' | 'user' | 'namespace'>
  | Pick<PathAttributes, 'type' | 'user'>;

/** The rules of each role that is bound to the user where the request is. */
function* boundRules(
  objects: RbacObjects,
  attributes: Where,
  missing: string[],
): Iterable<readonly PolicyRule[]> {
  for (const binding of objects.clusterRoleBindings() as Iterable<Binding>) {
    if (!appliesTo(binding, attributes.user, '')) continue;
    yield rulesOf(objects, binding, '', missing);
  }
  if (attributes.type === 'path' || attributes.namespace === '') return;
  for (const binding of objects.roleBindings(attributes.namespace) as Iterable<Binding>) {
    if (!appliesTo(binding, attributes.user, attributes.namespace)) continue;
    yield rulesOf(objects, binding, attributes.namespace, missing);
  }
}

function rulesOf(
  objects: RbacObjects,
  binding: Binding,
  namespace: string,
  missing: string[],
): readonly PolicyRule[] {
  const { kind, name } = binding.roleRef ?? { kind: '', name: '' };
  const role: Role | undefined =
    kind === 'Role' ? objects.role(namespace, name) : objects.clusterRole(name);
  if (role === undefined)
    missing.push(`${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found`);
  return role?.rules ?? [];
}

function appliesTo(binding: Binding, user: User, namespace: string): boolean {
  return (binding.subjects ?? []).some((subject) => subjectIs(subject, user, namespace));
}

function subjectIs(subject: Subject, user: User, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  if (subject.kind !== 'ServiceAccount') return false;
  return user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
}

/** Whether one rule covers the request. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.type === 'path') {
    return (rule.nonResourceURLs ?? []).some((pattern) => pathMatches(pattern, attributes.path));
  }
  return (
    has(rule.apiGroups, attributes.group) &&
    resourceMatches(rule, attributes) &&
    nameMatches(rule, attributes)
  );
}

function has(allowed: readonly string[] | undefined, value: string): boolean {
  return allowed !== undefined && (allowed.includes('*') || allowed.includes(value));
}

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}

function resourceMatches(rule: PolicyRule, { resource, subresource }: ResourceAttributes): boolean {
  const resources = rule.resources ?? [];
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  if (resources.includes('*') || resources.includes(combined)) return true;
  return subresource !== '' && resources.includes(`*/${subresource}`);
}

function nameMatches(rule: PolicyRule, { name }: ResourceAttributes): boolean {
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(name);
}
