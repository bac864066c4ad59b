import type { ApiRequest, HttpRequest } from '../protocol/index.js';

/** What a request is called in a trace: what is asked for, without queries, bodies and headers, which may hold secrets. */
export function describeRequest(operation: string, request: unknown): string {
  if (operation === 'http') {
    const { method, url } = request as HttpRequest;
    return `${method} ${url.split('?', 1)[0] ?? ''}`;
  }
  const { verb, resource, subresource, namespace, name } = request as ApiRequest;
  const what = [resource, subresource].filter((part) => part !== undefined).join('/');
  const where = [namespace, name].filter((part) => part !== undefined).join('/');
  return [verb, what, where].filter((part) => part !== '').join(' ');
}
