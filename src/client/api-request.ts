import type { ApiRequest } from '../protocol/index.js';
import type { DeleteOptions, ListOptions } from './api-client.js';
import type { ObjectName } from './object-key.js';
import type { ResourceDescriptor } from './resource-descriptor.js';

/** The request's way to one object. */
export function place(resource: ResourceDescriptor, at: ObjectName): Omit<ApiRequest, 'verb'> {
  return {
    group: resource.group,
    version: resource.version,
    resource: resource.resource,
    namespace: at.namespace,
    name: at.name,
  };
}

export function selectors(options: ListOptions): Record<string, string> {
  const { labelSelector, fieldSelector } = options;
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** meta/v1 DeleteOptions. */
export function deleteBody(options: DeleteOptions): object {
  const { uid, resourceVersion, gracePeriodSeconds, propagationPolicy } = options;
  const preconditions = uid !== undefined || resourceVersion !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(preconditions
      ? {
          preconditions: {
            ...(uid === undefined ? {} : { uid }),
            ...(resourceVersion === undefined ? {} : { resourceVersion }),
          },
        }
      : {}),
  };
}
