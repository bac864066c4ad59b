import { generateName } from '../api/index.js';
import type { Random } from '../base/index.js';
import { ok } from '../base/index.js';
import type { ApiRequest } from '../protocol/index.js';
import type { ApiClient, CallOptions } from './api-client.js';
import type { ApiResult } from './api-error.js';
import { isAlreadyExists } from './api-error.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import { apiVersionOf } from './resource-descriptor.js';
import { cameOf } from './sent-object.js';

const NAME_ATTEMPTS_MAX = 5;

export interface CreatePorts {
  readonly request: ApiClient['request'];
  readonly random: Random;
}

/** See `ApiClient.create`. */
export async function createObject<T extends ApiObject>(
  ports: CreatePorts,
  resource: ResourceDescriptor<T>,
  object: T,
  options: CallOptions,
): Promise<ApiResult<T>> {
  const prefix = object.metadata?.generateName ?? '';
  const generated = (object.metadata?.name ?? '') === '' && prefix !== '';
  for (let attempt = 1; ; attempt++) {
    const name = generated ? generateName(prefix, ports.random) : object.metadata?.name;
    const named: T = {
      ...object,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { ...object.metadata, ...(name === undefined ? {} : { name }) },
    };
    const result = await createNamed(ports, resource, named, options);
    const taken = !result.ok && isAlreadyExists(result.error);
    if (!taken || !generated || attempt === NAME_ATTEMPTS_MAX) return result;
  }
}

async function createNamed<T extends ApiObject>(
  { request }: CreatePorts,
  resource: ResourceDescriptor<T>,
  object: T,
  options: CallOptions,
): Promise<ApiResult<T>> {
  const namespace = object.metadata?.namespace;
  const { group, version, resource: plural } = resource;
  const create: ApiRequest = {
    verb: 'create',
    group,
    version,
    resource: plural,
    namespace,
    query: options.query,
    body: object,
  };
  const result = await request(create, { ...options, repeatability: 'idempotent' });
  if (result.ok || !isAlreadyExists(result.error) || !result.error.uncertain)
    return result as ApiResult<T>;
  const get: ApiRequest = {
    verb: 'get',
    group,
    version,
    resource: plural,
    namespace,
    name: object.metadata?.name,
  };
  const found = await request(get, { ...options, query: undefined, repeatability: 'idempotent' });
  return found.ok && cameOf(object, found.value) ? ok(found.value as T) : result;
}
