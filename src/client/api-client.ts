import type { StreamHandle, StreamHandlers } from '../actor/index.js';
import type { ApiRequest, ApiWatchEvent, PatchType } from '../protocol/index.js';
import type { ApiResult } from './api-error.js';
import type { ObjectName } from './object-key.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import type { Repeatability } from './retry-policy.js';

export interface CallOptions {
  /** For the call with all its retries. */
  readonly deadlineMs?: number | undefined;
  /** As for asks: by default what this actor works for itself. */
  readonly traceId?: string | null | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
}

export interface ListOptions extends CallOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** `0`: whatever the watch cache has. Absent: the newest. */
  readonly resourceVersion?: string | undefined;
}

/** A whole list, however many pages it took. */
export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface DeleteOptions extends CallOptions {
  /** Only the object with this uid. With it, and only with it, an unclear delete is repeated. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
}

export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly query: Readonly<Record<string, string>>;
  /** How long to wait for a server that is down. Default: not at all. */
  readonly waitForActorMs?: number;
  /** Batches on the way, at most. */
  readonly windowItems?: number;
}

export interface RawCallOptions extends CallOptions {
  readonly repeatability: Repeatability;
}

/**
 * The typed client of the API. A call ends by its deadline at the latest, with an object or an `ApiError`; it never throws.
 *
 * While the API server is down or has no room, a call waits and is sent again: reads always; writes where they surely were
 * not executed, or where a second execution cannot hurt: an update with a resourceVersion, a delete with a uid, a merge,
 * strategic or apply patch, a create (see `create`). What ends as `uncertain` may have been done.
 */
export interface ApiClient {
  get<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    at: ObjectName,
    options?: CallOptions,
  ): Promise<ApiResult<T>>;
  /** All pages. A token that expires midway starts the list again. */
  list<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    options?: ListOptions,
  ): Promise<ApiResult<ObjectList<T>>>;
  /**
   * A generateName is completed here, not by the server, so that every create has a name and can be repeated. AlreadyExists
   * after an attempt whose answer was lost counts as done where the object that is there holds all that was sent.
   */
  create<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    object: T,
    options?: CallOptions,
  ): Promise<ApiResult<T>>;
  /** POST to a subresource: `pods/binding`, `pods/eviction`. Not repeated where its end is unclear. */
  createSubresource(
    resource: ResourceDescriptor,
    at: ObjectName,
    subresource: string,
    body: unknown,
    options?: CallOptions,
  ): Promise<ApiResult<ApiObject>>;
  update<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    object: T,
    options?: CallOptions,
  ): Promise<ApiResult<T>>;
  updateStatus<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    object: T,
    options?: CallOptions,
  ): Promise<ApiResult<T>>;
  /** PUT to a subresource: `namespaces/finalize`. */
  updateSubresource<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    subresource: string,
    object: T,
    options?: CallOptions,
  ): Promise<ApiResult<T>>;
  /** Default patch type: merge patch. */
  patch<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    at: ObjectName,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<ApiResult<T>>;
  /** The object as it is now (it may live on with a deletionTimestamp), or a `Status` when it is gone. */
  delete(
    resource: ResourceDescriptor,
    at: ObjectName,
    options?: DeleteOptions,
  ): Promise<ApiResult<ApiObject>>;
  deleteCollection(
    resource: ResourceDescriptor,
    options?: ListOptions & DeleteOptions,
  ): Promise<ApiResult<ApiObject>>;
  /** One watch, as it comes. Most callers want an informer. */
  watch(
    resource: ResourceDescriptor,
    options: WatchOptions,
    handlers: StreamHandlers<readonly ApiWatchEvent[]>,
  ): StreamHandle;
  /** Any request, with the retries that `repeatability` allows. */
  request(request: ApiRequest, options: RawCallOptions): Promise<ApiResult<ApiObject>>;
}

export interface PatchOptions extends CallOptions {
  readonly type?: PatchType | undefined;
  readonly subresource?: string | undefined;
}
