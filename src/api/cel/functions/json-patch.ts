import { define } from '../function.js';
import type { Overload } from '../function.js';

/** What is known only where patches are made (apiserver, library.JSONPatch). */
export const JSON_PATCH_FUNCTIONS: readonly Overload[] = [
  define('jsonpatch.escapeKey', ['string'], 'string', (key: string) =>
    key.replaceAll('~', '~0').replaceAll('/', '~1'),
  ),
];
