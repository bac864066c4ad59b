import { findResource } from '../../api/index.js';
import type { KubernetesObject } from '../../api/index.js';
import { assertDefined, ok } from '../../base/index.js';
import type { Clock, Crypto } from '../../base/index.js';
import { user } from '../authn.js';
import type { User } from '../authn.js';
import type { Outcome } from '../outcome.js';
import { asClaims } from './claims.js';
import type { Claims, NamedUid } from './claims.js';
import { signJwt, verifiedClaims } from './jwt.js';
import type { TokenKey } from './token-key.js';

/** As kubeadm has it; the API server's audience too. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const API_AUDIENCES: readonly string[] = [ISSUER];

/** A token of something that is being deleted is good for so long after the time of its deletion. */
const DELETED_LEEWAY_MS = 60_000;
/** Signatures that were found good, the newest ones: what they sign never changes. */
const VERIFIED_MAX = 1_000;

/** Finds what a token is bound to; undefined: it is not there. */
export type BoundLookup = (
  resource: string,
  namespace: string,
  name: string,
) => Promise<Outcome<KubernetesObject | undefined>>;

export interface TokenSubject {
  readonly namespace: string;
  readonly account: NamedUid;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly pod?: NamedUid | undefined;
  readonly secret?: NamedUid | undefined;
  readonly node?: NamedUid | undefined;
}

export interface KnownByToken {
  readonly user: User;
  /** Those of the token that were asked for. */
  readonly audiences: readonly string[];
}

/** Issues the tokens of service accounts, and knows whom one stands for. */
export interface ServiceAccountTokens {
  readonly key: TokenKey;
  /** A token that is good from now on. */
  issue(subject: TokenSubject): string;
  /** Undefined: it is no token of this cluster, not for these audiences, not good now, or of what is gone. */
  authenticate(
    token: string,
    audiences: readonly string[],
  ): Promise<Outcome<KnownByToken | undefined>>;
}

export function serviceAccountTokens(
  { clock, crypto }: { readonly clock: Clock; readonly crypto: Crypto },
  key: TokenKey,
  lookup: BoundLookup,
): ServiceAccountTokens {
  const verified = new Map<string, Claims>();

  function claimsOf(token: string): Claims | undefined {
    const known = verified.get(token);
    if (known !== undefined) return known;
    const claims = asClaims(verifiedClaims(key, token));
    if (claims === undefined) return undefined;
    verified.set(token, claims);
    for (const oldest of verified.keys()) if (verified.size > VERIFIED_MAX) verified.delete(oldest);
    return claims;
  }

  async function stands(claims: Claims): Promise<Outcome<boolean>> {
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    const bound = [
      ['serviceaccounts', namespace, serviceaccount],
      ['pods', namespace, pod],
      ['secrets', namespace, secret],
      // A pod's token outlives its node: the node is only told.
      ['nodes', '', pod === undefined ? node : undefined],
    ] as const;
    for (const [resource, within, named] of bound) {
      if (named === undefined) continue;
      const found = await lookup(resource, within, named.name);
      if (!found.ok) return found;
      const { uid, deletionTimestamp } = found.value?.metadata ?? {};
      const goneMs = deletionTimestamp === undefined ? Infinity : Date.parse(deletionTimestamp);
      if (uid !== named.uid || goneMs + DELETED_LEEWAY_MS < clock.wallMs()) return ok(false);
    }
    return ok(true);
  }

  return {
    key,
    issue({ namespace, account, audiences, expirationSeconds, pod, secret, node }) {
      const nowSeconds = Math.floor(clock.wallMs() / 1_000);
      const claims: Claims = {
        aud: audiences,
        exp: nowSeconds + expirationSeconds,
        iat: nowSeconds,
        nbf: nowSeconds,
        iss: ISSUER,
        jti: crypto.uuid(),
        sub: `system:serviceaccount:${namespace}:${account.name}`,
        'kubernetes.io': { namespace, node, pod, secret, serviceaccount: account },
      };
      return signJwt(key, claims);
    },
    async authenticate(token, audiences) {
      const claims = claimsOf(token);
      if (claims?.iss !== ISSUER) return ok(undefined);
      const common = claims.aud.filter((each) => audiences.includes(each));
      const nowSeconds = clock.wallMs() / 1_000;
      if (common.length === 0 || nowSeconds < claims.nbf || nowSeconds >= claims.exp)
        return ok(undefined);
      const standing = await stands(claims);
      if (!standing.ok) return standing;
      return ok(standing.value ? { user: userOf(claims), audiences: common } : undefined);
    },
  };
}

function userOf({ jti, 'kubernetes.io': own }: Claims): User {
  const { namespace, serviceaccount, pod, node } = own;
  const extra: Record<string, readonly string[]> = {
    'authentication.kubernetes.io/credential-id': [`JTI=${jti}`],
  };
  for (const [kind, named] of [
    ['node', node],
    ['pod', pod],
  ] as const) {
    if (named === undefined) continue;
    extra[`authentication.kubernetes.io/${kind}-name`] = [named.name];
    extra[`authentication.kubernetes.io/${kind}-uid`] = [named.uid];
  }
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const known = user(`system:serviceaccount:${namespace}:${serviceaccount.name}`, groups);
  return { ...known, uid: serviceaccount.uid, extra };
}

/** The resource of an object that a token can be bound to. */
export function boundResource(resource: string) {
  return assertDefined(findResource('', 'v1', resource), resource);
}
