import { badRequest, expired, invalid, resourceVersionTooLarge } from '../../api/index.js';
import type { ApiResource, FieldError } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { servedView } from '../custom/versions.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';
import type { Query } from '../request-info.js';
import { prefixEnd } from '../storage/store-port.js';
import { storeStatus } from '../storage/store-status.js';
import { cachedObject } from '../watch-cache/cached-object.js';
import type { CachedObject } from '../watch-cache/cached-object.js';
import { isSelected } from '../watch-cache/watch-item.js';
import type { Selection } from '../watch-cache/watch-item.js';
import { decodeContinue, encodeContinue } from './continue-token.js';
import { cacheOf } from './ports.js';
import type { RegistryPorts } from './ports.js';
import type { ListReply, ResourceRequest } from './resource-request.js';
import { currentRevision, readResourceVersion, waitForRevision } from './resource-version.js';
import { readSelection } from './selection.js';

const STORE_PAGE = 1_000;
const TOO_OLD = 'The resourceVersion for the provided list is too old.';
const CONTINUE_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

interface ListPlan {
  readonly selection: Selection;
  /** 0: no limit. */
  readonly limit: number;
  readonly start: string;
}

interface Page {
  readonly items: readonly CachedObject[];
  /** The key after which the next page begins; undefined: this is the last. */
  readonly next: string | undefined;
  readonly remaining: number | undefined;
}

/** GET of a collection. */
export async function listFromRequest(
  ports: RegistryPorts,
  request: ResourceRequest,
): Promise<Outcome<ListReply>> {
  const { query, resource, target } = request;
  const wrong = checkListOptions(query);
  if (wrong.length > 0)
    return refuse(invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', wrong));
  const selection = readSelection(resource, target.namespace, query);
  if (!selection.ok) return selection;
  const limit = readLimit(query['limit']);
  if (!limit.ok) return limit;
  const revision = readResourceVersion(query['resourceVersion']);
  if (!revision.ok) return revision;
  const plan = { selection: selection.value, limit: limit.value, start: selection.value.prefix };
  if ((query['continue'] ?? '') !== '')
    return await listContinued(ports, request, plan, query['continue'] ?? '');
  if (isExact(query, revision.value, limit.value))
    return await listAt(ports, request, plan, revision.value ?? 0, TOO_OLD);
  if (revision.value === undefined) return await listCurrent(ports, request, plan);
  const arrived = await waitForRevision(ports, Math.max(1, revision.value));
  if (!arrived.ok) return arrived;
  // Kubernetes ignores a limit where any version will do.
  return await listCached(ports, request, revision.value === 0 ? { ...plan, limit: 0 } : plan);
}

function readLimit(text: string | undefined): Outcome<number> {
  if (text === undefined || text === '') return ok(0);
  const limit = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(limit)) return ok(Math.max(0, limit));
  return refuse(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`));
}

function isExact(query: Query, revision: number | undefined, limit: number): boolean {
  if (revision === undefined || revision === 0) return false;
  return (
    query['resourceVersionMatch'] === 'Exact' ||
    (limit > 0 && query['resourceVersionMatch'] === undefined)
  );
}

async function listCurrent(
  ports: RegistryPorts,
  request: ResourceRequest,
  plan: ListPlan,
): Promise<Outcome<ListReply>> {
  const current = await currentRevision(ports);
  if (!current.ok) return current;
  if (current.value.cached) return await listCached(ports, request, plan);
  return await listAt(ports, request, plan, current.value.revision, TOO_OLD);
}

async function listContinued(
  ports: RegistryPorts,
  request: ResourceRequest,
  plan: ListPlan,
  token: string,
): Promise<Outcome<ListReply>> {
  const point = decodeContinue(plan.selection.prefix, token);
  if (!point.ok) return point;
  const continued = { ...plan, start: point.value.start };
  if (point.value.revision < 0) return await listCurrent(ports, request, continued);
  const listed = await listAt(ports, request, continued, point.value.revision, CONTINUE_TOO_OLD);
  if (listed.ok || listed.error.code !== 410) return listed;
  const anyhow = encodeContinue(plan.selection.prefix, { revision: -1, start: point.value.start });
  return refuse({ ...listed.error, metadata: { continue: anyhow } });
}

/** From the cache as it is within this turn, so that the list is one state of the world. */
async function listCached(
  ports: RegistryPorts,
  request: ResourceRequest,
  plan: ListPlan,
): Promise<Outcome<ListReply>> {
  const { resource } = request;
  const { selection, limit } = plan;
  const { revision } = ports.feed;
  const listed = cacheOf(ports, resource).list(selection.prefix, plan.start);
  if (!ports.converter.prepares(resource))
    return ok(reply(request, plan, pageOf(resource, plan, listed), revision));
  const all = [...listed];
  // What is on no page need not be converted, unless that says whether it is selected.
  const shown = limit > 0 && selection.matches === undefined ? all.slice(0, limit) : all;
  const prepared = await ports.converter.prepare(resource, shown);
  return prepared.ok ? ok(reply(request, plan, pageOf(resource, plan, all), revision)) : prepared;
}

function pageOf(resource: ApiResource, plan: ListPlan, listed: Iterable<CachedObject>): Page {
  const { selection, limit } = plan;
  const items: CachedObject[] = [];
  let remaining = 0;
  for (const cached of listed) {
    if (limit > 0 && items.length === limit) {
      // With a selector Kubernetes does not count the rest.
      if (selection.matches === undefined) {
        remaining++;
        continue;
      }
      if (!isSelected(selection, servedView(resource, cached))) continue;
      remaining++;
      break;
    }
    const object = servedView(resource, cached);
    if (isSelected(selection, object)) items.push(object);
  }
  const last = items.at(-1);
  const next = remaining > 0 && last !== undefined ? `${last.key}\0` : undefined;
  return { items, next, remaining };
}

/** From the store, as of one revision of the past (or of now). */
async function listAt(
  ports: RegistryPorts,
  request: ResourceRequest,
  plan: ListPlan,
  revision: number,
  tooOldText: string,
): Promise<Outcome<ListReply>> {
  const { prefix } = plan.selection;
  const items: CachedObject[] = [];
  let key = plan.start;
  for (;;) {
    const missing = plan.limit > 0 ? plan.limit - items.length : STORE_PAGE;
    const answer = await ports.store.range({
      key,
      rangeEnd: prefixEnd(prefix),
      limit: Math.min(STORE_PAGE, missing),
      revision,
    });
    if (!answer.ok) {
      if (answer.error.code === 'compacted') return refuse(expired(tooOldText));
      if (answer.error.code === 'future-revision')
        return refuse(resourceVersionTooLarge(revision, ports.feed.revision));
      return refuse(storeStatus(answer.error));
    }
    const { kvs, more, count } = answer.value;
    const found = kvs.map((kv) => cachedObject(kv.key, Number(kv.modRevision), kv.value));
    const prepared = await ports.converter.prepare(request.resource, found);
    if (!prepared.ok) return prepared;
    const page = found.map((cached) => servedView(request.resource, cached));
    items.push(...page.filter((object) => isSelected(plan.selection, object)));
    key = `${kvs.at(-1)?.key ?? key}\0`;
    const full = plan.limit > 0 && items.length >= plan.limit;
    if (more && !full) continue;
    const remaining = more ? count - kvs.length : 0;
    return ok(reply(request, plan, { items, next: more ? key : undefined, remaining }, revision));
  }
}

function reply(request: ResourceRequest, plan: ListPlan, page: Page, revision: number): ListReply {
  const { prefix, matches } = plan.selection;
  const continueToken =
    page.next === undefined ? '' : encodeContinue(prefix, { revision, start: page.next });
  const counted = continueToken !== '' && matches === undefined;
  return {
    type: 'list',
    resource: request.resource,
    items: page.items,
    resourceVersion: String(revision),
    continueToken,
    remainingItemCount: counted ? page.remaining : undefined,
  };
}

function checkListOptions(query: Query): FieldError[] {
  const match = query['resourceVersionMatch'] ?? '';
  const revision = query['resourceVersion'] ?? '';
  const errors: FieldError[] = [];
  const forbid = (field: string, detail: string): number =>
    errors.push({ type: 'FieldValueForbidden', field, detail });
  if (match !== '') {
    if (revision === '') {
      forbid(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden unless resourceVersion is provided',
      );
    }
    if ((query['continue'] ?? '') !== '') {
      forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      const detail = 'supported values: "Exact", "NotOlderThan", ""';
      errors.push({
        type: 'FieldValueNotSupported',
        field: 'resourceVersionMatch',
        badValue: match,
        detail,
      });
    }
    if (match === 'Exact' && revision === '0') {
      forbid(
        'resourceVersionMatch',
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      );
    }
  }
  if (query['sendInitialEvents'] !== undefined)
    forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  return errors;
}
