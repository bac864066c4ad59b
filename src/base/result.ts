/** An operating error is a value. `E` is a closed union with a stable `code`. */
export type Result<T, E> = Ok<T> | Failed<E>;
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Failed<E> {
  readonly ok: false;
  readonly error: E;
}

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function failed<E>(error: E): Failed<E> {
  return { ok: false, error };
}

/** An error as it crosses threads, where `instanceof` does not work. */
export interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}
