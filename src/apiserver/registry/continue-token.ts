import { badRequest } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';

/** Where the next page of a list begins. It is kube-apiserver's own form, so that a client sees nothing new. */
export interface ContinuePoint {
  /** All pages of a list are of this revision; -1: of the newest, as the old one is gone (inconsistent). */
  readonly revision: number;
  /** The first key that may be on the page, below the collection's prefix. */
  readonly start: string;
}

const FORM = 'meta.k8s.io/v1';

export function encodeContinue(prefix: string, point: ContinuePoint): string {
  const start = point.start.slice(prefix.length);
  const text = JSON.stringify({ v: FORM, rv: point.revision, start });
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function decodeContinue(prefix: string, token: string): Outcome<ContinuePoint> {
  try {
    const text = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
    const { v, rv, start } = JSON.parse(text) as { v?: unknown; rv?: unknown; start?: unknown };
    if (v !== FORM)
      return refuse(
        badRequest('continue key is not valid: server does not recognize this encoded version'),
      );
    if (
      typeof start !== 'string' ||
      start === '' ||
      typeof rv !== 'number' ||
      !Number.isSafeInteger(rv)
    ) {
      return refuse(
        badRequest(
          'continue key is not valid: encoded continue token missing start or resource version',
        ),
      );
    }
    return ok({ revision: rv, start: `${prefix}${start}` });
  } catch {
    return refuse(badRequest('continue key is not valid: illegal base64 data or json'));
  }
}
