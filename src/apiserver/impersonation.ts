import { badRequest } from '../api/index.js';
import { ok } from '../base/index.js';
import { user } from './authn.js';
import type { User } from './authn.js';
import type { Authorizer } from './authz/authorizer.js';
import { refuse } from './outcome.js';
import type { Outcome } from './outcome.js';
import { authorizeAttributes } from './pipeline.js';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** `kubectl --as`: the user that a request wants to be, if whoever sent it may impersonate that user and its groups. */
export async function impersonate(
  authorizer: Authorizer,
  sender: User,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome<User>> {
  const name = headers['impersonate-user'] ?? '';
  const groups = (headers['impersonate-group'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (name === '') {
    if (groups.length === 0) return ok(sender);
    return refuse(badRequest('requested [{Group  }] without impersonating a user'));
  }
  const wanted = [
    asResource(name),
    ...groups.map((group) => ({ resource: 'groups', namespace: '', name: group })),
  ];
  for (const { resource, namespace, name: target } of wanted) {
    const allowed = await authorizeAttributes(authorizer, {
      type: 'resource',
      user: sender,
      verb: 'impersonate',
      group: '',
      version: 'v1',
      resource,
      subresource: '',
      namespace,
      name: target,
    });
    if (!allowed.ok) return allowed;
  }
  return ok(user(name, groups.length > 0 ? groups : groupsOf(name)));
}

function asResource(name: string): { resource: string; namespace: string; name: string } {
  const account = SERVICE_ACCOUNT.exec(name);
  if (account === null) return { resource: 'users', namespace: '', name };
  return { resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' };
}

function groupsOf(name: string): string[] {
  const account = SERVICE_ACCOUNT.exec(name);
  return account === null
    ? []
    : ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`];
}
