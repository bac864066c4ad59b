/** A broken invariant. It is never caught to go on: it crashes the actor, and its supervisor decides. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ASSERTION';
}

/** Always on, in production too. One condition a call, so that the message says which one broke. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a `switch` over a tagged union: it does not compile while a case is missing. */
export function assertNever(value: never, what = 'variant'): never {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** The value, which an invariant says is there. */
export function assertDefined<T>(value: T | null | undefined, what: string): T {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}
