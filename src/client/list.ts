import { assert, failed, ok } from '../base/index.js';
import type { ApiClient, ListOptions, ObjectList } from './api-client.js';
import type { ApiResult } from './api-error.js';
import { isExpired } from './api-error.js';
import { selectors } from './api-request.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import { apiVersionOf } from './resource-descriptor.js';

const PAGE_ITEMS = 500;
const RESTARTS_MAX = 3;

/** Lists page by page; the pages are one snapshot. */
export async function listAll<T extends ApiObject>(
  request: ApiClient['request'],
  resource: ResourceDescriptor<T>,
  options: ListOptions,
): Promise<ApiResult<ObjectList<T>>> {
  const items: T[] = [];
  let token = '';
  let restarts = 0;
  for (;;) {
    const page = await listPage(request, resource, options, token);
    if (!page.ok) {
      if (!isExpired(page.error) || token === '' || ++restarts > RESTARTS_MAX) return page;
      items.length = 0;
      token = '';
      continue;
    }
    const list = page.value as {
      items?: T[];
      metadata?: { resourceVersion?: string; continue?: string };
    };
    for (const item of list.items ?? []) items.push(withKind(resource, item));
    token = list.metadata?.continue ?? '';
    const resourceVersion = list.metadata?.resourceVersion;
    assert(resourceVersion !== undefined, 'a list without a resourceVersion');
    if (token === '') return ok({ items, resourceVersion });
  }
}

async function listPage(
  request: ApiClient['request'],
  resource: ResourceDescriptor,
  options: ListOptions,
  token: string,
): Promise<ApiResult<ApiObject>> {
  const { group, version, resource: plural } = resource;
  const query = {
    ...options.query,
    ...selectors(options),
    limit: String(PAGE_ITEMS),
    // A continue token has its own resourceVersion in it.
    ...(token === '' ? versionQuery(options) : { continue: token }),
  };
  const result = await request(
    { verb: 'list', group, version, resource: plural, namespace: options.namespace, query },
    { ...options, repeatability: 'idempotent' },
  );
  return result.ok ? result : failed(result.error);
}

function versionQuery(options: ListOptions): Record<string, string> {
  return options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion };
}

/** Items of a list lack their apiVersion and kind where the server leaves them out, as Kubernetes does. */
function withKind<T extends ApiObject>(resource: ResourceDescriptor<T>, item: T): T {
  return item.kind === undefined
    ? { ...item, apiVersion: apiVersionOf(resource), kind: resource.kind }
    : item;
}
