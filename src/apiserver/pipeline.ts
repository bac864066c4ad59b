import { internalError, timeout, tooManyRequests } from '../api/index.js';
import type { ApiResource } from '../api/index.js';
import { AssertionError, ok } from '../base/index.js';
import type { RequestNotes } from './admission/admission.js';
import type { User } from './authn.js';
import { refusal } from './authz/authorizer.js';
import type { Authorizer, ResourceAttributes } from './authz/authorizer.js';
import { WEBHOOK_REQUEST_MS, withDeadline } from './deadline.js';
import type { InFlight } from './in-flight.js';
import type { Metrics } from './metrics.js';
import { refuse } from './outcome.js';
import type { Outcome } from './outcome.js';
import { carryOutRequest, routeOf } from './registry/dispatch.js';
import type { Route } from './registry/dispatch.js';
import { POD_STREAMS } from './registry/pod-streams.js';
import type { RegistryPorts } from './registry/ports.js';
import type { RegistryReply, RequestBody, ResourceRequest } from './registry/resource-request.js';
import { currentRevision } from './registry/resource-version.js';
import { selectedName } from './registry/selection.js';
import { planWatch } from './registry/watch.js';
import type { WatchPlan } from './registry/watch.js';
import type { Query, Repeated, ResourceTarget } from './request-info.js';
import { isReview, reviewFromRequest } from './reviews.js';
import type { TracedWrites } from './traced-writes.js';

/** What both faces put their requests through: limits, authorization, the registry. */
export interface Pipeline {
  readonly ports: RegistryPorts;
  readonly tracedWrites: TracedWrites;
  readonly authorizer: Authorizer;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  /** Resolves when the caches and the bootstrap roles are there: nothing is decided before. */
  readonly ready: Promise<void>;
}

export interface PipelineRequest {
  readonly target: ResourceTarget;
  readonly query: Query;
  readonly user: User;
  readonly body: RequestBody;
  /** As HTTP has it; the name of a component. */
  readonly userAgent: string;
  /** As in a ResourceRequest. */
  readonly upgrades?: boolean | undefined;
  readonly repeated?: Repeated | undefined;
  readonly notes: RequestNotes;
}

const TOO_MANY_WATCHES = 'Too many watches, please try again later.';
const LATE = 'request did not complete within the allotted timeout';

/** Carries out a request that is no watch. Always ends, within `requestTimeoutMs`. */
export async function runRequest(
  pipeline: Pipeline,
  request: PipelineRequest,
): Promise<Outcome<RegistryReply>> {
  return await bounded(pipeline, request, async () => {
    const allowed = await authorizeResource(pipeline, request);
    if (!allowed.ok) return allowed;
    const route = await findRoute(pipeline.ports, request.target);
    if (!route.ok) return route;
    const { resource, subresource } = route.value;
    const known = resourceRequest(pipeline, request, resource);
    if (isReview(resource)) return await reviewFromRequest(pipeline, known);
    const done = await carryOutRequest(pipeline.ports, known, subresource);
    return done.ok ? ok(withDeprecation(resource, done.value)) : done;
  });
}

/** Whoever uses a version that its definition calls deprecated is told so. */
function withDeprecation({ custom }: ApiResource, reply: RegistryReply): RegistryReply {
  const warning = custom?.deprecationWarning;
  if (warning === undefined || reply.type !== 'object') return reply;
  return { ...reply, warnings: [warning, ...reply.warnings] };
}

/** Prepares a watch: what it is of, and from where it begins. */
export async function runWatch(
  pipeline: Pipeline,
  request: PipelineRequest,
  resumeAfter: string | undefined,
): Promise<Outcome<WatchPlan>> {
  return await bounded(pipeline, request, async () => {
    const allowed = await authorizeResource(pipeline, request);
    if (!allowed.ok) return allowed;
    const route = await findRoute(pipeline.ports, request.target);
    if (!route.ok) return route;
    if (pipeline.metrics.watches >= pipeline.ports.config.maxWatches)
      return refuse(tooManyRequests(TOO_MANY_WATCHES, 1));
    return await planWatch(
      pipeline.ports,
      resourceRequest(pipeline, request, route.value.resource),
      resumeAfter,
    );
  });
}

function resourceRequest(
  pipeline: Pipeline,
  request: PipelineRequest,
  resource: ApiResource,
): ResourceRequest {
  const creating = { ...request, target: { ...request.target, verb: 'create' as const } };
  return { ...request, resource, mayCreate: () => authorizeResource(pipeline, creating) };
}

/** Who has just seen a definition established finds its resource, even where the cache is a moment behind. */
async function findRoute(ports: RegistryPorts, target: ResourceTarget): Promise<Outcome<Route>> {
  const route = routeOf(ports.catalog, target);
  if (route.ok || !target.group.includes('.') || known(ports, target)) return route;
  const current = await currentRevision(ports);
  return current.ok ? routeOf(ports.catalog, target) : route;
}

function known({ catalog }: RegistryPorts, target: ResourceTarget): boolean {
  return catalog.find(target.group, target.version, target.resource) !== undefined;
}

/** In flight, in time, and without taking the server down: what throws is answered with 500, as Kubernetes does. */
async function bounded<T>(
  pipeline: Pipeline,
  { target, notes }: PipelineRequest,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const { ports, metrics } = pipeline;
  const { clock } = ports;
  const startMs = clock.monotonicMs();
  const begun = pipeline.inFlight.begin(target.verb);
  if (!begun.ok) return begun;
  const late = (): Outcome<T> => refuse(timeout(LATE));
  const timeoutMs = callsWebhooks(ports, target)
    ? Math.max(WEBHOOK_REQUEST_MS, ports.config.requestTimeoutMs)
    : ports.config.requestTimeoutMs;
  notes.deadlineMs = startMs + timeoutMs;
  const running = guarded(ports, pipeline.ready.then(work));
  const outcome = await withDeadline(clock, timeoutMs, running, late);
  begun.value();
  metrics.request({
    verb: target.verb,
    resource: ports.catalog.find(target.group, target.version, target.resource),
    subresource: SUBRESOURCE_LABELS.has(target.subresource) ? target.subresource : '',
    code: outcome.ok ? 200 : outcome.error.code,
    durationMs: clock.monotonicMs() - startMs,
  });
  return outcome;
}

/** Whether a request may have to wait for a webhook. */
function callsWebhooks({ catalog, admission }: RegistryPorts, target: ResourceTarget): boolean {
  if (admission.asksWebhooks && isAdmitted(target)) return true;
  const resource = catalog.find(target.group, target.version, target.resource);
  return resource?.custom?.conversion !== undefined;
}

/** What is only read is asked of nobody; a connection is no reading. */
function isAdmitted({ verb, subresource }: ResourceTarget): boolean {
  return (
    (verb !== 'get' && verb !== 'list' && verb !== 'watch') ||
    POD_STREAMS.has(subresource) ||
    subresource === 'proxy'
  );
}

const SUBRESOURCE_LABELS: ReadonlySet<string> = new Set([
  ...POD_STREAMS,
  'status',
  'scale',
  'binding',
  'log',
  'proxy',
  'finalize',
  'approval',
  'ephemeralcontainers',
  'eviction',
  'resize',
]);

/** A broken invariant still crashes the actor; anything else that a request can trip over is its own fault. */
async function guarded<T>(ports: RegistryPorts, work: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AssertionError) throw error;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    ports.log.error('a request failed unexpectedly', { message, stack });
    return refuse(
      internalError('This request caused apiserver to panic. Look in the logs for details.'),
    );
  }
}

async function authorizeResource(
  pipeline: Pipeline,
  { target, query, user }: PipelineRequest,
): Promise<Outcome<undefined>> {
  const { verb, group, version, resource, subresource, namespace } = target;
  const byName = (verb === 'list' || verb === 'watch') && target.name === '';
  const name = byName ? selectedName(query) : target.name;
  const attributes = {
    type: 'resource',
    user,
    verb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
  } as const;
  return await authorizeAttributes(pipeline.authorizer, attributes);
}

export async function authorizeAttributes(
  authorizer: Authorizer,
  attributes: ResourceAttributes,
): Promise<Outcome<undefined>> {
  const { decision, reason } = await authorizer.authorize(attributes);
  return decision === 'allow' ? ok(undefined) : refuse(refusal(attributes, reason));
}

/** The same for what is no resource: `/version`, `/metrics`. Whoever needs no roles need not wait for them. */
export async function authorizePath(
  pipeline: Pipeline,
  user: User,
  verb: string,
  path: string,
): Promise<Outcome<undefined>> {
  const attributes = { type: 'path', user, verb, path } as const;
  let decided = await pipeline.authorizer.authorize(attributes);
  if (decided.decision !== 'allow') {
    await becomeReady(pipeline);
    decided = await pipeline.authorizer.authorize(attributes);
  }
  return decided.decision === 'allow' ? ok(undefined) : refuse(refusal(attributes, decided.reason));
}

/** Waits for the roles, but not for ever. */
export async function becomeReady({ ports, ready }: Pipeline): Promise<boolean> {
  const arrived = ready.then(() => true);
  return await withDeadline(ports.clock, ports.config.requestTimeoutMs, arrived, () => false);
}
