import type { AskCall, Peer, StreamCall } from '../actor/index.js';
import { notAcceptable, pathNotFound, serviceUnavailable, unauthorized } from '../api/index.js';
import type { ApiResource, Status } from '../api/index.js';
import { ok } from '../base/index.js';
import type { HttpReply, HttpRequest, HttpStreamItem } from '../protocol/index.js';
import { ANONYMOUS, certificateUser } from './authn.js';
import type { User } from './authn.js';
import type { HealthState } from './health.js';
import { readIncludeObject, renderList, renderObject } from './http/forms.js';
import type { Rendering } from './http/forms.js';
import {
  encodedResponse,
  protobufResponse,
  statusHeaders,
  statusResponse,
  warningHeaders,
} from './http/http-response.js';
import {
  contentType,
  JSON_TYPE,
  negotiate,
  PROTOBUF_TYPE,
  SERVED_TYPES,
  STREAM_TYPES,
} from './http/negotiation.js';
import type { Negotiated } from './http/negotiation.js';
import { answerPath } from './http/path-routes.js';
import { protobufFrames, protobufList, protobufObject } from './http/protobuf-forms.js';
import { watchFrames } from './http/watch-frames.js';
import { impersonate } from './impersonation.js';
import { refuse } from './outcome.js';
import type { Outcome } from './outcome.js';
import { authorizePath, becomeReady, runRequest, runWatch } from './pipeline.js';
import type { Pipeline, PipelineRequest } from './pipeline.js';
import { POD_STREAMS } from './registry/pod-streams.js';
import type { ListReply, ObjectReply, RequestBody } from './registry/resource-request.js';
import { parseRequestTarget } from './request-info.js';
import type { Query, RequestTarget, ResourceTarget } from './request-info.js';
import { API_AUDIENCES } from './tokens/service-account-tokens.js';
import { objectOf } from './watch-cache/cached-object.js';
import { joinJson } from './watch-cache/served-json.js';
import { runWatchStream } from './watch-stream.js';

const encoder = new TextEncoder();

/** A request of a client, from the gateway. */
export async function answerHttp(
  pipeline: Pipeline,
  health: HealthState,
  call: AskCall<HttpRequest, HttpReply>,
): Promise<void> {
  const reply = await replyTo(pipeline, health, call.from, call.request);
  call.reply(
    reply.type === 'response'
      ? { ...reply, headers: withAuditId(pipeline, call.request, reply.headers) }
      : reply,
  );
}

async function replyTo(
  pipeline: Pipeline,
  health: HealthState,
  from: Peer,
  request: HttpRequest,
): Promise<HttpReply> {
  const accept = request.headers['accept'];
  const target = parseRequestTarget(request.method, request.url);
  if (target === undefined) return statusResponse(pathNotFound(), accept);
  const user = await authenticate(pipeline, from, request);
  if (!user.ok) return statusResponse(user.error, accept);
  if (target.type === 'path') {
    const { path, query, exclude, verb } = target;
    const allowed = await authorizePath(pipeline, user.value, verb, path);
    if (!allowed.ok) return statusResponse(allowed.error, accept);
    return await answerPath(pipeline, health, { path, query, exclude, accept });
  }
  const row = resourceAt(pipeline, target.target);
  const negotiated = negotiate(accept, {
    watch: false,
    tables: row?.storagePrefix !== '',
    messages: row?.custom === undefined || target.target.subresource === 'scale',
  });
  // These are no objects, whatever a client says that it accepts.
  const { subresource } = target.target;
  const isObject = subresource !== 'log' && !POD_STREAMS.has(subresource);
  if (negotiated === undefined && isObject)
    return statusResponse(notAcceptable(SERVED_TYPES), accept);
  return await resourceReply(
    pipeline,
    pipelineRequest(target, user.value, request),
    negotiated ?? PLAIN,
    accept,
  );
}

const PLAIN: Negotiated = { encoding: 'json', form: 'object' };

async function resourceReply(
  pipeline: Pipeline,
  request: PipelineRequest,
  negotiated: Negotiated,
  accept: string | undefined,
): Promise<HttpReply> {
  const outcome = await runRequest(pipeline, request);
  const { warnings } = request.notes;
  if (!outcome.ok) return statusResponse(outcome.error, accept, warnings);
  const reply = outcome.value;
  if (reply.type === 'logs') return reply;
  if (negotiated.encoding === 'protobuf') return protobufReply(reply, negotiated.form, warnings);
  const rendering = renderingOf(pipeline, negotiated, request.query);
  if (reply.type === 'list')
    return encodedResponse(200, renderList(reply, rendering), negotiated, warningHeaders(warnings));
  const row = resourceAt(pipeline, request.target);
  const rendered = row === undefined ? reply.object : renderObject(row, reply.object, rendering);
  const { shared } = reply;
  const json =
    shared !== undefined && rendered === objectOf(shared)
      ? joinJson('', [shared], '\n')
      : encoder.encode(`${JSON.stringify(rendered)}\n`);
  const headers = warningHeaders(together(reply.warnings, warnings));
  return encodedResponse(reply.code, json, negotiated, headers);
}

/** What the registry warns of, and what webhooks do. */
function together(own: readonly string[], others: readonly string[]): readonly string[] {
  return others.length === 0 ? own : [...own, ...others];
}

function protobufReply(
  reply: ObjectReply | ListReply,
  form: Negotiated['form'],
  warnings: readonly string[],
): HttpReply {
  const list = reply.type === 'list';
  const encoded = list ? protobufList(reply, form) : protobufObject(reply, form);
  if (!encoded.ok) return statusResponse(encoded.error, PROTOBUF_TYPE);
  return list
    ? protobufResponse(200, encoded.value, warningHeaders(warnings))
    : protobufResponse(
        reply.code,
        encoded.value,
        warningHeaders(together(reply.warnings, warnings)),
      );
}

/** A watch of a client, from the gateway: a head, and then chunks of whole events. */
export async function answerHttpStream(
  pipeline: Pipeline,
  call: StreamCall<HttpRequest, HttpStreamItem>,
): Promise<void> {
  const { request } = call;
  const life = { canceled: false };
  call.onCancel(() => {
    life.canceled = true;
  });
  const prepared = await prepareWatch(pipeline, call.from, request);
  if (life.canceled) return;
  if (!prepared.ok) {
    refuseStream(pipeline, call, prepared.error);
    return;
  }
  const { plan, rendering, encoding } = prepared.value;
  const protobuf = encoding === 'protobuf';
  const headers = withAuditId(pipeline, request, {
    'content-type': protobuf ? `${PROTOBUF_TYPE};stream=watch` : JSON_TYPE,
    'cache-control': 'no-cache, private',
  });
  call.send({ type: 'head', status: 200, headers });
  const frames = protobuf
    ? protobufFrames(plan.resource, rendering.form)
    : watchFrames(plan.resource, rendering, () => pipeline.ports.clock.wallMs());
  runWatchStream(pipeline, plan, call, frames);
}

async function prepareWatch(pipeline: Pipeline, from: Peer, request: HttpRequest) {
  const target = parseRequestTarget(request.method, request.url);
  if (target?.type !== 'resource') return refuse(pathNotFound());
  const user = await authenticate(pipeline, from, request);
  if (!user.ok) return user;
  const negotiated = negotiate(request.headers['accept'], {
    watch: true,
    tables: true,
    messages: resourceAt(pipeline, target.target)?.custom === undefined,
  });
  if (negotiated === undefined) return refuse(notAcceptable(STREAM_TYPES));
  const watch = { ...target, target: { ...target.target, verb: 'watch' as const } };
  const plan = await runWatch(
    pipeline,
    pipelineRequest(watch, user.value, request),
    request.resumeAfter,
  );
  if (!plan.ok) return plan;
  const rendering = renderingOf(pipeline, negotiated, target.query);
  return ok({ plan: plan.value, rendering, encoding: negotiated.encoding });
}

function refuseStream(
  pipeline: Pipeline,
  call: StreamCall<HttpRequest, HttpStreamItem>,
  status: Status,
): void {
  const { headers, body } = statusResponse(status, call.request.headers['accept']);
  call.send({
    type: 'head',
    status: status.code,
    headers: withAuditId(pipeline, call.request, { ...headers, ...statusHeaders(status) }),
  });
  call.send({ type: 'chunk', data: body });
  call.complete();
}

/**
 * Only the gateway speaks for clients. Whom it found no certificate of may have a token; who has neither is anonymous. A
 * token that is not known is refused, and does not make its bearer anonymous.
 */
async function authenticate(
  pipeline: Pipeline,
  from: Peer,
  request: HttpRequest,
): Promise<Outcome<User>> {
  if (from.id !== pipeline.ports.config.gateway) return refuse(unauthorized());
  const certified = certificateUser(request.client);
  const known = certified === undefined ? await tokenUser(pipeline, request) : ok(certified);
  if (!known.ok) return known;
  const sender = known.value;
  if (
    request.headers['impersonate-user'] === undefined &&
    request.headers['impersonate-group'] === undefined
  )
    return ok(sender);
  await becomeReady(pipeline);
  return await impersonate(pipeline.authorizer, sender, request.headers);
}

/** The service account of a bearer token (RFC 6750). */
async function tokenUser(pipeline: Pipeline, { headers }: HttpRequest): Promise<Outcome<User>> {
  const token = /^bearer +(\S+)/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) return ok(ANONYMOUS);
  const { tokens } = pipeline.ports;
  if (tokens === undefined) return refuse(unauthorized());
  if (!(await becomeReady(pipeline)))
    return refuse(serviceUnavailable('the API server is not ready'));
  const known = await tokens.authenticate(token, API_AUDIENCES);
  if (!known.ok) return known;
  return known.value === undefined ? refuse(unauthorized()) : ok(known.value.user);
}

function pipelineRequest(
  { target, query, repeated }: Extract<RequestTarget, { readonly type: 'resource' }>,
  user: User,
  request: HttpRequest,
): PipelineRequest {
  const userAgent = request.headers['user-agent'] ?? '';
  const upgrades = /\bupgrade\b/i.test(request.headers['connection'] ?? '');
  const notes = { deadlineMs: Infinity, warnings: [] };
  return { target, query, repeated, user, userAgent, upgrades, notes, body: bodyOf(request) };
}

function bodyOf({ body, headers }: HttpRequest): RequestBody {
  return body.length === 0
    ? { type: 'none' }
    : { type: 'bytes', contentType: contentType(headers['content-type']), bytes: body };
}

function renderingOf(pipeline: Pipeline, negotiated: Negotiated, query: Query): Rendering {
  return {
    form: negotiated.form,
    includeObject: readIncludeObject(query['includeObject']),
    nowMs: pipeline.ports.clock.wallMs(),
  };
}

/** Undefined: its definition went while the request was carried out. */
function resourceAt({ ports }: Pipeline, target: ResourceTarget): ApiResource | undefined {
  return ports.catalog.find(target.group, target.version, target.resource);
}

function withAuditId(
  pipeline: Pipeline,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { 'audit-id': request.headers['audit-id'] ?? pipeline.ports.crypto.uuid(), ...headers };
}
