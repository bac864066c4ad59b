import type { AskResult, StreamHandle } from '../../src/actor/index.js';
import type { KubernetesObject } from '../../src/api/index.js';
import {
  alreadyExists,
  badRequest,
  conflict,
  findResource,
  forbiddenBecause,
  notFound,
  preconditionFailed,
  success,
} from '../../src/api/index.js';
import { failed, ok } from '../../src/base/index.js';
import type { ApiReply, ApiRequest } from '../../src/protocol/index.js';
import { timestamp } from '../../src/client/index.js';
import { deletedAtOnce, mergePatch, sameBesidesVersion } from './fake-api-object.js';
import type { FakeWatches } from './fake-api-watch.js';
import { createFakeWatches, inScope } from './fake-api-watch.js';
import type { FakeServer, FakeWorld } from './fake-world.js';

/** Makes the reply to one request go wrong. */
export type ReplyFault =
  /** Done, but the answer is lost with the server. */
  | 'lose-reply'
  /** Lost with the server before it was done. */
  | 'lose-request'
  /** Refused without being done: the server is overloaded. */
  | 'overloaded';

/**
 * An API server in memory, for tests: revisions, conflicts, finalizers, graceful deletion, generations, status apart from
 * spec, watches with history, bookmarks, WatchList and 410. Replies and watch events take time, so that copies are stale.
 */
export interface FakeApi extends FakeServer {
  /** Down: requests wait, and watches end. Up again: what waited is answered. */
  readonly setDown: (down: boolean) => void;
  /** The faults of the coming requests that match, one each. */
  readonly failNext: (matches: (request: ApiRequest) => boolean, ...faults: ReplyFault[]) => void;
  /** Forgets the history: watches that resume from before get 410. */
  readonly compact: () => void;
  /** As a client would, at once. The object of the reply; throws the Status' message for an error. */
  readonly do: (
    request: Partial<ApiRequest> & Pick<ApiRequest, 'verb' | 'resource'>,
  ) => KubernetesObject;
  /** All objects of a resource. */
  readonly all: <T = KubernetesObject>(resource: string) => T[];
  readonly requests: readonly ApiRequest[];
}

const REPLY_LATENCY_MS = 1;

export function createFakeApi(world: FakeWorld): FakeApi {
  const { clock } = world;
  const collections = new Map<string, Map<string, KubernetesObject>>();
  const watches: FakeWatches = createFakeWatches(
    clock,
    (resource) => [...collection(resource).values()],
    () => revision,
  );
  const requests: ApiRequest[] = [];
  const waiting: (() => void)[] = [];
  const faults: { matches: (request: ApiRequest) => boolean; fault: ReplyFault }[] = [];
  let revision = 100;
  let uids = 0;
  let down = false;

  function collection(resource: string): Map<string, KubernetesObject> {
    const known = collections.get(resource) ?? new Map<string, KubernetesObject>();
    collections.set(resource, known);
    return known;
  }

  function commit(
    request: ApiRequest,
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    object: KubernetesObject,
  ): KubernetesObject {
    revision++;
    const stored = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(revision) },
    };
    const key = keyOf(stored.metadata.namespace, stored.metadata.name);
    const old = collection(request.resource).get(key);
    if (type === 'DELETED') collection(request.resource).delete(key);
    else collection(request.resource).set(key, stored);
    watches.publish({ revision, resource: request.resource, type, object: stored, old });
    return stored;
  }

  function find(request: ApiRequest): KubernetesObject | undefined {
    return collection(request.resource).get(keyOf(request.namespace, request.name));
  }

  function handle(request: ApiRequest): ApiReply {
    switch (request.verb) {
      case 'get':
        return reply(find(request) ?? notFound(request, request.name ?? ''));
      case 'list': {
        const items = [...collection(request.resource).values()].filter((object) =>
          inScope(request, object),
        );
        return reply({
          kind: 'List',
          apiVersion: 'v1',
          metadata: { resourceVersion: String(revision) },
          items,
        });
      }
      case 'create':
        return request.subresource === 'binding' ? bind(request) : create(request);
      case 'update':
        return replace(request, request.body as KubernetesObject);
      case 'patch': {
        const old = find({ ...request });
        return old === undefined
          ? reply(notFound(request, request.name ?? ''))
          : replace(request, mergePatch(old, request.body));
      }
      case 'delete':
        return remove(request);
      case 'deletecollection':
        for (const { metadata } of [...collection(request.resource).values()].filter((object) =>
          inScope(request, object),
        )) {
          remove({ ...request, verb: 'delete', name: metadata?.name });
        }
        return reply({ kind: 'List', apiVersion: 'v1', items: [] });
      case 'watch':
        return reply(badRequest('watch is a stream'));
    }
  }

  function create(request: ApiRequest): ApiReply {
    const body = request.body as KubernetesObject;
    // A custom resource has no row: it is what its objects say.
    const row = findResource(request.group, request.version, request.resource);
    const name = body.metadata?.name ?? '';
    if (name === '') return reply(badRequest('name is required'));
    if (row?.namespaced ?? request.namespace !== undefined) {
      const namespace = collection('namespaces').get(request.namespace ?? '');
      if (namespace === undefined)
        return reply(notFound({ group: '', resource: 'namespaces' }, request.namespace ?? ''));
      if (namespace.metadata?.deletionTimestamp !== undefined)
        return reply(terminating(request, name));
    }
    if (collection(request.resource).has(keyOf(request.namespace, name)))
      return reply(alreadyExists(request, name));
    const metadata = {
      ...body.metadata,
      ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
      uid: `uid-${String(++uids)}`,
      creationTimestamp: timestamp(clock.wallMs()),
      generation: 1,
    };
    const first: KubernetesObject = {
      ...body,
      apiVersion: apiVersion(request),
      kind: row?.kind ?? body.kind ?? request.resource,
      metadata,
    };
    if (request.resource === 'pods') first['status'] = { phase: 'Pending' };
    if (request.resource === 'namespaces') {
      first['spec'] = { finalizers: ['kubernetes'] };
      first['status'] = { phase: 'Active' };
    }
    return reply(commit(request, 'ADDED', first), 201);
  }

  function bind(request: ApiRequest): ApiReply {
    const pod = find(request);
    const target = (request.body as { target: { name: string } }).target.name;
    if (pod === undefined) return reply(notFound(request, request.name ?? ''));
    const spec = pod['spec'] as { nodeName?: string };
    if (spec.nodeName !== undefined) {
      return reply(
        conflict(
          request,
          request.name ?? '',
          `pod ${request.name ?? ''} is already assigned to node "${spec.nodeName}"`,
        ),
      );
    }
    const conditions = [{ type: 'PodScheduled', status: 'True' }];
    commit(request, 'MODIFIED', {
      ...pod,
      spec: { ...spec, nodeName: target },
      status: { ...(pod['status'] as object), conditions },
    });
    return reply(success(request, request.name ?? ''), 201);
  }

  function replace(request: ApiRequest, body: KubernetesObject): ApiReply {
    const name = body.metadata?.name ?? '';
    const old = find({ ...request, name });
    if (old === undefined) return reply(notFound(request, name));
    const sent = body.metadata?.resourceVersion;
    if (sent !== undefined && sent !== old.metadata?.resourceVersion)
      return reply(conflict(request, name));
    const next = nextState(request, old, body);
    if (sameBesidesVersion(old, next)) return reply(old);
    return reply(commit(request, deletedAtOnce(next) ? 'DELETED' : 'MODIFIED', next));
  }

  function nextState(
    request: ApiRequest,
    old: KubernetesObject,
    body: KubernetesObject,
  ): KubernetesObject {
    if (request.subresource === 'status') return { ...old, status: body['status'] };
    if (request.subresource === 'finalize')
      return {
        ...old,
        spec: { finalizers: (body['spec'] as { finalizers: string[] }).finalizers },
      };
    const {
      uid,
      creationTimestamp,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      generation = 1,
    } = old.metadata ?? {};
    const changed = JSON.stringify(body['spec']) !== JSON.stringify(old['spec']);
    const kept = {
      uid,
      creationTimestamp,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      generation: generation + (changed ? 1 : 0),
    };
    const next = structuredClone({
      ...body,
      metadata: { ...body.metadata, ...kept },
    }) as KubernetesObject;
    if (old['status'] !== undefined) next['status'] = old['status'];
    return next;
  }

  function remove(request: ApiRequest): ApiReply {
    const old = find(request);
    if (old?.metadata === undefined) return reply(notFound(request, request.name ?? ''));
    const options = (request.body ?? {}) as {
      preconditions?: { uid?: string; resourceVersion?: string };
      propagationPolicy?: string;
      gracePeriodSeconds?: number;
    };
    const wanted = options.preconditions?.uid;
    const uid = old.metadata.uid ?? '';
    if (wanted !== undefined && wanted !== uid)
      return reply(preconditionFailed(request, request.name ?? '', 'UID', wanted, uid));
    const next = deletionOf(request.resource, old, options, timestamp(clock.wallMs()));
    if (deletedAtOnce(next)) {
      commit(request, 'DELETED', next);
      return reply(success(request, request.name ?? ''));
    }
    return reply(sameBesidesVersion(old, next) ? old : commit(request, 'MODIFIED', next));
  }

  function terminating(request: ApiRequest, name: string): KubernetesObject {
    const detail = `unable to create new content in namespace ${request.namespace ?? ''} because it is being terminated`;
    const status = forbiddenBecause(request, name, detail);
    return {
      ...status,
      details: { ...status.details, causes: [{ reason: 'NamespaceTerminating' }] },
    };
  }

  async function ask(request: ApiRequest): Promise<AskResult<ApiReply>> {
    await later();
    while (down) await new Promise<void>((resolve) => waiting.push(resolve));
    requests.push(request);
    const at = faults.findIndex((each) => each.matches(request));
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
    if (fault === 'overloaded') return failed({ code: 'overloaded', handedOver: false });
    if (fault === 'lose-request') return failed({ code: 'actor-down', handedOver: true });
    const answer = structuredClone(handle(request));
    await later();
    return fault === 'lose-reply' ? failed({ code: 'actor-down', handedOver: true }) : ok(answer);
  }

  function later(): Promise<void> {
    return new Promise((resolve) => clock.after(REPLY_LATENCY_MS, resolve));
  }

  return {
    ask,
    watch: (request, handlers): StreamHandle => watches.open(request, handlers, down),
    setDown: (isDown) => {
      down = isDown;
      watches.setDown(isDown);
      if (!isDown) for (const resolve of waiting.splice(0)) resolve();
    },
    failNext: (matches, ...kinds) => {
      for (const fault of kinds) faults.push({ matches, fault });
    },
    compact: () => {
      watches.compact(revision);
    },
    do: (request) => {
      const { group, version } = groupOf(request.resource);
      const { code, object } = handle(structuredClone({ group, version, ...request }));
      if (code >= 400) throw new Error(String(object['message']));
      return object;
    },
    all: <T>(resource: string) => structuredClone([...collection(resource).values()]) as T[],
    requests,
  };
}

function reply(object: KubernetesObject, code = 200): ApiReply {
  const failure =
    object.kind === 'Status' && typeof object['code'] === 'number' ? object['code'] : undefined;
  return { code: failure ?? code, object };
}

function keyOf(namespace: string | undefined, name = ''): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

function apiVersion(request: ApiRequest): string {
  return request.group === '' ? request.version : `${request.group}/${request.version}`;
}

function groupOf(resource: string): { group: string; version: string } {
  const groups: Record<string, string> = {
    controllerrevisions: 'apps',
    daemonsets: 'apps',
    deployments: 'apps',
    replicasets: 'apps',
    statefulsets: 'apps',
    cronjobs: 'batch',
    jobs: 'batch',
    leases: 'coordination.k8s.io',
    endpointslices: 'discovery.k8s.io',
  };
  return { group: groups[resource] ?? '', version: 'v1' };
}

/** The object as a delete leaves it: gone at once where nothing holds it. */
function deletionOf(
  resource: string,
  old: KubernetesObject,
  options: { propagationPolicy?: string; gracePeriodSeconds?: number },
  now: string,
): KubernetesObject {
  const finalizers = new Set(old.metadata?.finalizers);
  if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
  if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
  const graceful =
    resource === 'pods' &&
    (old['spec'] as { nodeName?: string } | undefined)?.nodeName !== undefined;
  const deletionGracePeriodSeconds = graceful ? (options.gracePeriodSeconds ?? 30) : 0;
  const deletionTimestamp = old.metadata?.deletionTimestamp ?? now;
  const metadata = {
    ...old.metadata,
    finalizers: [...finalizers],
    deletionTimestamp,
    deletionGracePeriodSeconds,
  };
  if (resource !== 'namespaces') return { ...old, metadata };
  return { ...old, metadata, status: { ...(old['status'] as object), phase: 'Terminating' } };
}
