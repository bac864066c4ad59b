/** An object as a token names it. */
export interface NamedUid {
  readonly name: string;
  readonly uid: string;
}

/** What a service account's token says (kube-apiserver's private claims, KEP-1205). Times in seconds since 1970. */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly iss: string;
  readonly jti: string;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: NamedUid;
    readonly pod?: NamedUid | undefined;
    readonly secret?: NamedUid | undefined;
    readonly node?: NamedUid | undefined;
  };
}

/** What was signed as claims, if it has their shape: an old key may have signed anything. */
export function asClaims(value: unknown): Claims | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const claims = value as Partial<Claims>;
  const own: Partial<Claims['kubernetes.io']> | undefined = claims['kubernetes.io'];
  const whole =
    Array.isArray(claims.aud) &&
    [claims.exp, claims.iat, claims.nbf].every((each) => typeof each === 'number') &&
    [claims.iss, claims.jti, claims.sub, own?.namespace].every(
      (each) => typeof each === 'string',
    ) &&
    isNamed(own?.serviceaccount) &&
    [own?.pod, own?.secret, own?.node].every((each) => each === undefined || isNamed(each));
  return whole ? (claims as Claims) : undefined;
}

function isNamed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { name, uid } = value as Partial<NamedUid>;
  return typeof name === 'string' && typeof uid === 'string';
}
