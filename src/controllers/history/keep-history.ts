import type { V1ControllerRevision, V1LabelSelector, V1PodTemplateSpec } from '../../api/index.js';
import type { ApiClient, ApiObject, ApiResult, ResourceDescriptor } from '../../client/index.js';
import {
  isAlreadyExists,
  isNotFound,
  locationOf,
  nameOf,
  Resource,
  uidOf,
} from '../../client/index.js';
import { objectHash } from '../object-hash.js';
import { claim, ownSelector, referenceToController } from '../owners.js';
import { sameJson } from '../same-json.js';
import { planRevision, templatePatch } from './revisions.js';

/** What has a template, and keeps its former ones. */
interface Templated extends ApiObject {
  readonly spec?: { readonly selector: V1LabelSelector; readonly template: V1PodTemplateSpec };
  readonly status?: { readonly collisionCount?: number };
}

/** A kind of such objects. */
export interface HistoryKind<T extends Templated> {
  readonly resource: ResourceDescriptor<T>;
  /** The label in which its revisions carry their hash. */
  readonly hashLabel: string;
}

export interface History {
  readonly revisions: readonly V1ControllerRevision[];
  /** That of the template as it is now; it is the newest. */
  readonly current: V1ControllerRevision;
  readonly collisionCount: number;
}

/** Names that are tried in one go, while others have the same hash. */
const TRIES_MAX = 10;
const PREFIX_LENGTH_MAX = 223;

/** Adopts and releases revisions, and makes that of the template the newest. */
export async function keepHistory<T extends Templated>(
  client: ApiClient,
  kind: HistoryKind<T>,
  owner: T,
  candidates: readonly V1ControllerRevision[],
): Promise<ApiResult<History>> {
  const { resource } = kind;
  const claimant = { resource, object: owner, matches: ownSelector(owner.spec?.selector) };
  const { owned, error } = await claim(client, claimant, Resource.controllerrevisions, candidates);
  if (error !== undefined) return { ok: false, error };
  const data = templatePatch(owner.spec?.template ?? {});
  const before = owner.status?.collisionCount ?? 0;
  const plan = planRevision(owned, data);
  switch (plan.type) {
    case 'keep':
      return {
        ok: true,
        value: { revisions: owned, current: plan.revision, collisionCount: before },
      };
    case 'renumber': {
      const numbered = await client.update(Resource.controllerrevisions, {
        ...plan.revision,
        revision: plan.number,
      });
      if (!numbered.ok) return numbered;
      const revisions = owned.map((each) => (each === plan.revision ? numbered.value : each));
      return {
        ok: true,
        value: { revisions, current: numbered.value, collisionCount: before },
      };
    }
    case 'create':
      return create(client, kind, owner, owned, { data, number: plan.number });
  }
}

async function create<T extends Templated>(
  client: ApiClient,
  kind: HistoryKind<T>,
  owner: T,
  owned: readonly V1ControllerRevision[],
  { data, number }: { readonly data: object; readonly number: number },
): Promise<ApiResult<History>> {
  const before = owner.status?.collisionCount ?? 0;
  for (let collisionCount = before; ; collisionCount++) {
    const body = newRevision(kind, owner, { data, number, collisionCount });
    const made = await client.create(Resource.controllerrevisions, body);
    if (made.ok)
      return {
        ok: true,
        value: { revisions: [...owned, made.value], current: made.value, collisionCount },
      };
    if (!isAlreadyExists(made.error) || collisionCount - before >= TRIES_MAX) return made;
    const found = await client.get(Resource.controllerrevisions, locationOf(body));
    if (!found.ok) return found;
    // Our own, which the informer does not show yet. Another state with the same hash gets another name.
    if (sameJson(found.value.data, data))
      return {
        ok: true,
        value: { revisions: [...owned, found.value], current: found.value, collisionCount },
      };
  }
}

function newRevision<T extends Templated>(
  { resource, hashLabel }: HistoryKind<T>,
  owner: T,
  state: { readonly data: object; readonly number: number; readonly collisionCount: number },
): V1ControllerRevision {
  const hash = objectHash(state.data, state.collisionCount);
  return {
    metadata: {
      namespace: owner.metadata?.namespace ?? '',
      name: `${nameOf(owner).slice(0, PREFIX_LENGTH_MAX)}-${hash}`,
      labels: { ...owner.spec?.template.metadata?.labels, [hashLabel]: hash },
      annotations: { ...owner.metadata?.annotations },
      ownerReferences: [referenceToController(resource, owner)],
    },
    data: state.data,
    revision: state.number,
  };
}

export async function deleteRevisions(
  client: ApiClient,
  revisions: readonly V1ControllerRevision[],
): Promise<ApiResult<unknown>> {
  for (const revision of revisions) {
    const gone = await client.delete(Resource.controllerrevisions, locationOf(revision), {
      uid: uidOf(revision),
    });
    if (!gone.ok && !isNotFound(gone.error)) return gone;
  }
  return { ok: true, value: undefined };
}
