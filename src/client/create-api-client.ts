import type { ActorContext, AskOptions } from '../actor/index.js';
import type { ActorId } from '../base/index.js';
import { failed, ok } from '../base/index.js';
import { overflowOf } from '../protocol/index.js';
import type { ApiProtocol, ApiRequest } from '../protocol/index.js';
import type { ApiClient, CallOptions, RawCallOptions } from './api-client.js';
import type { ApiResult } from './api-error.js';
import { errorOfFailure, errorOfReply } from './api-error.js';
import { deleteBody, place, selectors } from './api-request.js';
import { createObject } from './create.js';
import { deleteObject } from './delete.js';
import { listAll } from './list.js';
import { locationOf } from './object-key.js';
import type { ApiObject, ResourceDescriptor } from './resource-descriptor.js';
import { mayRetry, retryDelayMs } from './retry-policy.js';

export interface ApiClientConfig {
  /** The API server's actor. */
  readonly server: ActorId;
  /** For one request with all its retries, unless a call says otherwise. Default 30 s. */
  readonly deadlineMs?: number;
  /** How long one attempt waits for its reply. Default 12 s: more than the server takes to give up. */
  readonly attemptTimeoutMs?: number;
}

const DEADLINE_MS = 30_000;
const ATTEMPT_TIMEOUT_MS = 12_000;
/** Batches of watch events on the way to one watcher. */
const WATCH_WINDOW_ITEMS = 64;

/** Makes the client of one actor's life. It holds nothing that must be closed. */
export function createApiClient(context: ActorContext, config: ApiClientConfig): ApiClient {
  const server = context.ref<ApiProtocol>(config.server, overflowOf.api);

  async function request(sent: ApiRequest, options: RawCallOptions): Promise<ApiResult<ApiObject>> {
    const endMs =
      context.clock.monotonicMs() + (options.deadlineMs ?? config.deadlineMs ?? DEADLINE_MS);
    let uncertain = false;
    for (let attempt = 1; ; attempt++) {
      const result = await once(sent, endMs - context.clock.monotonicMs(), options.traceId);
      if (result.ok) return result;
      uncertain ||= result.error.uncertain;
      const error = { ...result.error, uncertain };
      const delayMs = retryDelayMs(attempt, error, context.random);
      const inTime = context.clock.monotonicMs() + delayMs < endMs;
      if (!inTime || !mayRetry(result.error, options.repeatability)) return failed(error);
      await context.sleep(delayMs);
    }
  }

  async function once(
    sent: ApiRequest,
    leftMs: number,
    traceId: string | null | undefined,
  ): Promise<ApiResult<ApiObject>> {
    const timeoutMs = Math.max(1, Math.min(leftMs, config.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS));
    const options: AskOptions = { timeoutMs, whenDown: 'wait', traceId };
    const answer = await context.ask(server, 'request', sent, options);
    if (!answer.ok) return failed(errorOfFailure(answer.error));
    return answer.value.code >= 400 ? failed(errorOfReply(answer.value)) : ok(answer.value.object);
  }

  function put<T extends ApiObject>(
    resource: ResourceDescriptor<T>,
    subresource: string | undefined,
    object: T,
    options: CallOptions = {},
  ): Promise<ApiResult<T>> {
    const guarded = (object.metadata?.resourceVersion ?? '') !== '';
    const sent: ApiRequest = {
      ...place(resource, locationOf(object)),
      verb: 'update',
      subresource,
      query: options.query,
      body: object,
    };
    return typed(request(sent, { ...options, repeatability: guarded ? 'idempotent' : 'once' }));
  }

  return {
    request,
    get: (resource, at, options = {}) =>
      typed(
        request(
          { ...place(resource, at), verb: 'get', query: options.query },
          { ...options, repeatability: 'idempotent' },
        ),
      ),
    list: (resource, options = {}) => listAll(request, resource, options),
    create: (resource, object, options = {}) =>
      createObject({ request, random: context.random }, resource, object, options),
    createSubresource: (resource, at, subresource, body, options = {}) =>
      request(
        { ...place(resource, at), verb: 'create', subresource, query: options.query, body },
        { ...options, repeatability: 'once' },
      ),
    update: (resource, object, options) => put(resource, undefined, object, options),
    updateStatus: (resource, object, options) => put(resource, 'status', object, options),
    updateSubresource: (resource, subresource, object, options) =>
      put(resource, subresource, object, options),
    patch: (resource, at, patch, options = {}) => {
      const patchType = options.type ?? 'application/merge-patch+json';
      const sent: ApiRequest = {
        ...place(resource, at),
        verb: 'patch',
        subresource: options.subresource,
        query: options.query,
        body: patch,
        patchType,
      };
      const repeatability = patchType === 'application/json-patch+json' ? 'once' : 'idempotent';
      return typed(request(sent, { ...options, repeatability }));
    },
    delete: (resource, at, options = {}) => deleteObject(request, resource, at, options),
    deleteCollection: (resource, options = {}) => {
      const query = { ...options.query, ...selectors(options) };
      const { group, version, resource: plural } = resource;
      return request(
        {
          verb: 'deletecollection',
          group,
          version,
          resource: plural,
          namespace: options.namespace,
          query,
          body: deleteBody(options),
        },
        { ...options, repeatability: 'idempotent' },
      );
    },
    watch: (resource, options, handlers) => {
      const { group, version, resource: plural } = resource;
      const sent: ApiRequest = {
        verb: 'watch',
        group,
        version,
        resource: plural,
        namespace: options.namespace,
        query: options.query,
      };
      const { waitForActorMs, windowItems = WATCH_WINDOW_ITEMS } = options;
      return context.openStream(server, 'watch', sent, handlers, {
        windowItems,
        ...(waitForActorMs === undefined ? {} : { waitForActorMs }),
      });
    },
  };
}

/** The server answers with the kind that was asked for. */
async function typed<T extends ApiObject>(
  result: Promise<ApiResult<ApiObject>>,
): Promise<ApiResult<T>> {
  return (await result) as ApiResult<T>;
}
