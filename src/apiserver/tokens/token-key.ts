/** What signs tokens, and tells whether it has signed one. The host holds the key. */
export interface TokenKey {
  /** The `alg` of a JWT. */
  readonly algorithm: string;
  readonly keyId: string;
  /** RFC 7517, without `kid`, `alg` and `use`. */
  readonly publicJwk: Readonly<Record<string, string>>;
  sign(data: Uint8Array): Uint8Array;
  verify(data: Uint8Array, signature: Uint8Array): boolean;
}
