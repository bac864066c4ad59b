import type { AskCall, Peer, StreamCall } from '../actor/index.js';
import { badRequest, unauthorized, withoutManagedFields } from '../api/index.js';
import type { KubernetesObject } from '../api/index.js';
import type { ApiReply, ApiRequest, ApiWatchEvent } from '../protocol/index.js';
import { componentUser } from './authn.js';
import type { User } from './authn.js';
import { bookmarkObject } from './bookmark.js';
import { runRequest, runWatch } from './pipeline.js';
import type { Pipeline, PipelineRequest } from './pipeline.js';
import { listObject } from './registry/list-object.js';
import type { RegistryReply, RequestBody } from './registry/resource-request.js';
import { messageTarget } from './request-info.js';
import { leanObjectOf } from './watch-cache/cached-object.js';
import { runWatchStream } from './watch-stream.js';

/** A request of a component: the same pipeline as HTTP, with objects instead of bytes, and without their managed fields. */
export async function answerMessage(
  pipeline: Pipeline,
  call: AskCall<ApiRequest, ApiReply>,
): Promise<void> {
  const request = pipelineRequest(pipeline, call.from, call.request);
  if (request === undefined) {
    call.reply({ code: 401, object: unauthorized() });
    return;
  }
  const outcome = await runRequest(pipeline, request);
  call.reply(
    outcome.ok ? replyOf(outcome.value) : { code: outcome.error.code, object: outcome.error },
  );
}

/** A watch of a component. A refusal comes as an ERROR event, and the stream ends. */
export async function answerWatchMessage(
  pipeline: Pipeline,
  call: StreamCall<ApiRequest, readonly ApiWatchEvent[]>,
): Promise<void> {
  const request = pipelineRequest(pipeline, call.from, call.request);
  const life = { canceled: false };
  call.onCancel(() => {
    life.canceled = true;
  });
  const refused = (object: KubernetesObject): void => {
    call.send([{ type: 'ERROR', object }]);
    call.complete();
  };
  if (request === undefined) {
    refused(unauthorized());
    return;
  }
  const plan = await runWatch(
    pipeline,
    { ...request, target: { ...request.target, verb: 'watch' } },
    undefined,
  );
  if (life.canceled) return;
  if (!plan.ok) {
    refused(plan.error);
    return;
  }
  const { resource } = plan.value;
  const { tracedWrites } = pipeline;
  runWatchStream(pipeline, plan.value, call, {
    items: (items) =>
      items.map((item) => {
        if (item.type === 'BOOKMARK')
          return { type: item.type, object: bookmarkObject(resource, item) };
        const event = { type: item.type, object: leanObjectOf(item.object) };
        const trace = tracedWrites.traceOf(item.object.key, item.resumeAfter);
        return trace === undefined ? event : { ...event, trace };
      }),
    error: (status): ApiWatchEvent[] => [{ type: 'ERROR', object: status }],
  });
}

function pipelineRequest(
  pipeline: Pipeline,
  from: Peer,
  request: ApiRequest,
): PipelineRequest | undefined {
  const user = componentUser(from.id, pipeline.ports.config.componentIdentities);
  if (user === undefined) return undefined;
  return {
    target: messageTarget(request),
    query: request.query ?? {},
    user,
    userAgent: programOf(user),
    body: bodyOf(request),
    notes: { deadlineMs: Infinity, warnings: [] },
  };
}

/** The program of Kubernetes that a component stands for: `kube-scheduler`, `kubelet`. */
function programOf({ name }: User): string {
  return name.startsWith('system:node:') ? 'kubelet' : name.replace(/^system:/, '');
}

function bodyOf({ body, patchType }: ApiRequest): RequestBody {
  return body === undefined ? { type: 'none' } : { type: 'value', value: body, patchType };
}

function replyOf(reply: RegistryReply): ApiReply {
  if (reply.type === 'logs')
    return { code: 400, object: badRequest('logs are served to the gateway only') };
  if (reply.type === 'object')
    return { code: reply.code, object: withoutManagedFields(reply.object) };
  return { code: 200, object: listObject(reply, leanObjectOf) };
}
