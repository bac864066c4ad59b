/**
 * Why a patch was not applied. `malformed`: the patch itself is wrong (400). `unprocessable`: it is well formed,
 * and does not fit the object (422). `too-large`: more than 10,000 operations (413). `message` is in Kubernetes' words.
 */
export interface PatchError {
  readonly code: 'malformed' | 'unprocessable' | 'too-large';
  readonly message: string;
}

export function malformed(message: string): PatchError {
  return { code: 'malformed', message };
}

export function unprocessable(message: string): PatchError {
  return { code: 'unprocessable', message };
}
