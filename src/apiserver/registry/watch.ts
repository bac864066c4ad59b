import { invalid } from '../../api/index.js';
import type { ApiResource, FieldError } from '../../api/index.js';
import { ok, randomFraction } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import { isTrue } from '../request-info.js';
import type { Query } from '../request-info.js';
import type { ResourceCache } from '../watch-cache/resource-cache.js';
import type { WatchStart } from '../watch-cache/watch-session.js';
import type { Selection } from '../watch-cache/watch-item.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import type { ResourceRequest } from './resource-request.js';
import { currentRevision, readResourceVersion, waitForRevision } from './resource-version.js';
import { readSelection } from './selection.js';

/** kube-apiserver's --min-request-timeout: a watch without a timeout of its own lasts for one to two of these. */
const MIN_TIMEOUT_MS = 1_800_000;
const TIMEOUT_SECONDS_MAX = 86_400;

/** A watch that may begin: from where, of what, and for how long. */
export interface WatchPlan {
  readonly resource: ApiResource;
  readonly cache: ResourceCache;
  readonly selection: Selection;
  readonly start: WatchStart;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

/** Reads the options of a watch, and waits until its beginning is known. `resumeAfter` overrides what they say of it. */
export async function planWatch(
  ports: RegistryPorts,
  request: ResourceRequest,
  resumeAfter: string | undefined,
): Promise<Outcome<WatchPlan>> {
  const { query, resource, target } = request;
  const wrong = checkWatchOptions(query);
  if (wrong.length > 0)
    return refuse(invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', wrong));
  const selection = readSelection(resource, target.namespace, query);
  if (!selection.ok) return selection;
  const selected = target.name === '' ? selection.value : byName(selection.value, target.name);
  const bookmarks = isTrue(query['allowWatchBookmarks']);
  const start =
    resumeAfter === undefined
      ? await planStart(ports, query, bookmarks)
      : await planResume(ports, resumeAfter);
  if (!start.ok) return start;
  return ok({
    resource,
    cache: cacheOf(ports, resource),
    selection: selected,
    start: start.value,
    bookmarks,
    timeoutMs: readTimeout(ports, query['timeoutSeconds']),
  });
}

/** The old form, `/api/v1/watch/…/pods/web-1`: one object. */
function byName(selection: Selection, name: string): Selection {
  const matches: Selection['matches'] = (object) =>
    object.metadata?.name === name && (selection.matches?.(object) ?? true);
  return { ...selection, matches };
}

async function planResume(ports: RegistryPorts, resumeAfter: string): Promise<Outcome<WatchStart>> {
  const revision = readResourceVersion(resumeAfter);
  if (!revision.ok) return revision;
  const ready = await waitForRevision(ports, 1);
  if (!ready.ok) return ready;
  return ok({ type: 'after', revision: revision.value ?? 0 });
}

async function planStart(
  ports: RegistryPorts,
  query: Query,
  bookmarks: boolean,
): Promise<Outcome<WatchStart>> {
  const revision = readResourceVersion(query['resourceVersion']);
  if (!revision.ok) return revision;
  const sendInitialEvents =
    query['sendInitialEvents'] === undefined ? undefined : isTrue(query['sendInitialEvents']);
  const fresh = await waitForStart(ports, revision.value, sendInitialEvents === true);
  if (!fresh.ok) return fresh;
  if (sendInitialEvents === true) return ok({ type: 'initial-events', endBookmark: bookmarks });
  if (revision.value !== undefined && revision.value > 0)
    return ok({ type: 'after', revision: revision.value });
  if (sendInitialEvents === false) return ok({ type: 'after', revision: ports.feed.revision });
  return ok({ type: 'initial-events', endBookmark: false });
}

/** Without a resourceVersion a watch starts no earlier than now; with one, its initial events are no older than that. */
async function waitForStart(
  ports: RegistryPorts,
  revision: number | undefined,
  initialEvents: boolean,
): Promise<Outcome<undefined>> {
  if (revision !== undefined)
    return await waitForRevision(ports, initialEvents ? Math.max(1, revision) : 1);
  const current = await currentRevision(ports);
  if (!current.ok) return current;
  return current.value.cached
    ? ok(undefined)
    : await waitForRevision(ports, current.value.revision);
}

function readTimeout(ports: RegistryPorts, text: string | undefined): number {
  const seconds = Number(text ?? '');
  if (Number.isSafeInteger(seconds) && seconds > 0)
    return Math.min(seconds, TIMEOUT_SECONDS_MAX) * 1_000;
  return MIN_TIMEOUT_MS * (1 + randomFraction(ports.random));
}

function checkWatchOptions(query: Query): FieldError[] {
  const match = query['resourceVersionMatch'] ?? '';
  const sent = query['sendInitialEvents'] !== undefined;
  const errors: FieldError[] = [];
  const field = 'resourceVersionMatch';
  const forbid = (detail: string): number =>
    errors.push({ type: 'FieldValueForbidden', field, detail });
  if (sent && match !== 'NotOlderThan') {
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (match === '') return errors;
  if (!sent)
    forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (match !== 'NotOlderThan') {
    errors.push({
      type: 'FieldValueNotSupported',
      field,
      badValue: match,
      detail: 'supported values: "NotOlderThan"',
    });
  }
  if ((query['continue'] ?? '') !== '')
    forbid('resourceVersionMatch is forbidden when continue is provided');
  return errors;
}
