import type { AccessCheck, AccessDecision, Decide } from '../../api/index.js';
import type { User } from '../authn.js';
import type { Attributes, Authorizer } from '../authz/authorizer.js';

/** An evaluation that needs a decision which is not there yet. It is no error of the expression, and passes through it. */
class DecisionNeeded extends Error {
  readonly check: AccessCheck;
  constructor(check: AccessCheck) {
    super('an authorizer has to be asked first');
    this.check = check;
  }
}

/** The authorizer's decisions about one request, each asked for once (apiserver, cachingAuthorizer). */
export interface Decisions {
  /**
   * Runs what cannot wait, and asks an authorizer. Where a decision is missing it is asked for, and all is run again: its cost
   * allows an expression two of them.
   */
  evaluate<T>(run: (decide: Decide) => T): Promise<T>;
}

export function decisions(authorizer: Authorizer, user: User): Decisions {
  const known = new Map<string, AccessDecision>();
  const decide: Decide = (check) => {
    const decision = known.get(keyOf(check));
    if (decision === undefined) throw new DecisionNeeded(check);
    return decision;
  };
  return {
    async evaluate(run) {
      for (;;) {
        try {
          return run(decide);
        } catch (error) {
          if (!(error instanceof DecisionNeeded)) throw error;
          const { check } = error;
          const { decision, reason } = await authorizer.authorize(attributesOf(check, user));
          known.set(keyOf(check), { allowed: decision === 'allow', reason, error: '' });
        }
      }
    },
  };
}

function keyOf(check: AccessCheck): string {
  const { subject, type, verb } = check;
  const who = subject.type === 'requester' ? [] : [subject.namespace, subject.name];
  return JSON.stringify(
    type === 'path'
      ? [who, verb, check.path]
      : [who, verb, check.group, check.resource, check.subresource, check.namespace, check.name],
  );
}

function attributesOf(check: AccessCheck, requester: User): Attributes {
  const { subject, verb } = check;
  const user =
    subject.type === 'requester' ? requester : serviceAccount(subject.namespace, subject.name);
  if (check.type === 'path') return { type: 'path', user, verb, path: check.path };
  const { group, resource, subresource, namespace, name } = check;
  const version = '*';
  return { type: 'resource', user, verb, group, version, resource, subresource, namespace, name };
}

function serviceAccount(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}
