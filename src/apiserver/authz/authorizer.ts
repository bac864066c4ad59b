import { forbidden, forbiddenPath } from '../../api/index.js';
import type { Status } from '../../api/index.js';
import type { User } from '../authn.js';

/** What is to be allowed or not (authorization.k8s.io: resource or non-resource attributes). */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly type: 'resource';
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty: cluster-wide. */
  readonly namespace: string;
  /** Empty: any. */
  readonly name: string;
}

export interface PathAttributes {
  readonly type: 'path';
  readonly user: User;
  readonly verb: string;
  readonly path: string;
}

export interface Decision {
  /** `deny` ends the matter; `no-opinion` passes it on to the next authorizer, and after the last it means no. */
  readonly decision: 'allow' | 'deny' | 'no-opinion';
  readonly reason: string;
}

/** rbac.authorization.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What a user may do in a namespace, as far as it can be told beforehand. */
export interface KnownRules {
  readonly rules: readonly PolicyRule[];
  /** False: the user may do more than that. */
  readonly complete: boolean;
}

/** The port of all authorization: RBAC, the node authorizer, and in time webhooks, which need to wait. */
export interface Authorizer {
  authorize(attributes: Attributes): Decision | Promise<Decision>;
  /** Absent: it has none that can be listed, and never allows anything else. */
  rules?(user: User, namespace: string): KnownRules;
}

export const ALLOW: Decision = { decision: 'allow', reason: '' };
export const NO_OPINION: Decision = { decision: 'no-opinion', reason: '' };

/** Asks one after another until one has an opinion. Reasons of those that have none are gathered. */
export function firstOpinion(authorizers: readonly Authorizer[]): Authorizer {
  return {
    async authorize(attributes) {
      const reasons: string[] = [];
      for (const authorizer of authorizers) {
        const decision = await authorizer.authorize(attributes);
        if (decision.decision !== 'no-opinion') return decision;
        if (decision.reason !== '') reasons.push(decision.reason);
      }
      return { decision: 'no-opinion', reason: reasons.join('\n') };
    },
    rules(user, namespace) {
      const all = authorizers.flatMap((each) => each.rules?.(user, namespace) ?? []);
      return {
        rules: all.flatMap((each) => each.rules),
        complete: all.every((each) => each.complete),
      };
    },
  };
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** kube-apiserver's shortcut: who is in `system:masters` may do anything, whatever the roles say. */
export function privilegedGroups(groups: readonly string[]): Authorizer {
  return {
    authorize: (attributes) =>
      attributes.user.groups.some((group) => groups.includes(group)) ? ALLOW : NO_OPINION,
    rules: (user) => ({
      rules: user.groups.some((group) => groups.includes(group)) ? EVERYTHING : [],
      complete: true,
    }),
  };
}

/** The Status of a refusal, as in `pods is forbidden: User "jane" cannot list resource "pods" in API group "" …`. */
export function refusal(attributes: Attributes, reason: string): Status {
  const { user, verb } = attributes;
  if (attributes.type === 'path') return forbiddenPath(user.name, verb, attributes.path);
  const { namespace, name, subresource } = attributes;
  return forbidden(user.name, verb, attributes, { namespace, name, subresource, reason });
}
