import { ok } from '../base/index.js';
import type { ApiClient, DeleteOptions } from './api-client.js';
import type { ApiResult } from './api-error.js';
import { isNotFound } from './api-error.js';
import { deleteBody, place } from './api-request.js';
import type { ObjectName } from './object-key.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';

/** See `ApiClient.delete`. NotFound, after an attempt whose answer was lost, means that the attempt did it. */
export async function deleteObject(
  request: ApiClient['request'],
  resource: ResourceDescriptor,
  at: ObjectName,
  options: DeleteOptions,
): Promise<ApiResult<ApiObject>> {
  const result = await request(
    { ...place(resource, at), verb: 'delete', query: options.query, body: deleteBody(options) },
    { ...options, repeatability: options.uid === undefined ? 'once' : 'idempotent' },
  );
  const done = !result.ok && isNotFound(result.error) && result.error.uncertain;
  return done ? ok({ apiVersion: 'v1', kind: 'Status' }) : result;
}
