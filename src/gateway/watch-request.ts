import type { HttpExchange } from '../protocol/index.js';

/**
 * Whether the answer goes on: a GET of a collection with `watch=true`, or Kubernetes' old `/watch/` paths. It must agree
 * with the API server's reading of a request: of a parameter that is repeated the first value counts, and only `false`
 * and `0` are false. A GET of one object ignores the parameter, as Kubernetes does.
 */
export function isWatch({ method, url }: Pick<HttpExchange, 'method' | 'url'>): boolean {
  if (method !== 'GET') return false;
  const mark = url.indexOf('?');
  const rest = resourcePath(mark < 0 ? url : url.slice(0, mark));
  if (rest === undefined) return false;
  if (rest[0] === 'watch' && rest.length > 1) return true;
  const within = rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  if (within.length !== 1 || mark < 0) return false;
  const value = new URLSearchParams(url.slice(mark + 1)).get('watch');
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

/** What follows `/api/v1` or `/apis/apps/v1`; undefined for any other path. */
function resourcePath(path: string): readonly string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const prefixLength = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : Infinity;
  return parts.length > prefixLength ? parts.slice(prefixLength) : undefined;
}
