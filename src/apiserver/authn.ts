import type { ActorId } from '../base/index.js';
import type { ClientIdentity } from '../protocol/index.js';
import type { ComponentIdentity } from './config.js';

/** Who asks, as authorization sees it (authentication.k8s.io UserInfo). */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  /** Of a service account. */
  readonly uid?: string;
  /** What else its token says. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const AUTHENTICATED = 'system:authenticated';

/** The user that an actor is: by the id at the other end of its port. Undefined: this actor has no identity here. */
export function componentUser(
  from: ActorId,
  identities: Readonly<Record<string, ComponentIdentity>>,
): User | undefined {
  const exact = identities[from];
  if (exact !== undefined) return user(exact.user, exact.groups);
  for (const [prefix, identity] of Object.entries(identities)) {
    if (!prefix.endsWith('-') || !from.startsWith(prefix)) continue;
    return user(identity.user.replace('*', from.slice(prefix.length)), identity.groups);
  }
  return undefined;
}

/** The user of a verified client certificate (CN and O, as kube-apiserver's x509 authenticator has it). */
export function certificateUser(client: ClientIdentity | null): User | undefined {
  if (client === null || client.commonName === '') return undefined;
  return user(client.commonName, client.organizations);
}

/** Who shows nothing: may read what is public (`system:public-info-viewer`), as kube-apiserver has it by default. */
export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** A user with the group that everyone has who is known. */
export function user(name: string, groups: readonly string[]): User {
  return { name, groups: groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED] };
}
