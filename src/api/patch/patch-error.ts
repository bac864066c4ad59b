/**
 * Why a patch was not applied; `message` is in Kubernetes' words.
 * `malformed`: the patch itself is wrong (400). `unprocessable`: it is well formed, and does not fit the object (422).
 * `test-failed`: the object is not as an operation of a JSON patch expects it (422).
 * `too-large`: more than 10,000 operations (413). `inconsistent`: what kube-apiserver answers with a bare 500.
 */
export interface PatchError {
  readonly code: 'malformed' | 'unprocessable' | 'test-failed' | 'too-large' | 'inconsistent';
  readonly message: string;
}

/** Thrown within this folder only, out of a deep recursion; the entry functions return it as a value. */
export class PatchFailure extends Error {
  override readonly name = 'PatchFailure';
  readonly failure: PatchError;
  constructor(code: PatchError['code'], message: string) {
    super(message);
    this.failure = { code, message };
  }
}
