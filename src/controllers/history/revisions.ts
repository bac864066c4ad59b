import type { V1ControllerRevision, V1PodTemplateSpec } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';
import { canonicalJson } from '../canonical-json.js';
import { sameJson } from '../same-json.js';

/**
 * What a revision keeps: a strategic merge patch that brings a template back, `{"spec":{"template":{…,"$patch":"replace"}}}`.
 * kubectl rollout undo sends it as it is, and compares its text: the fields are in order, as Go writes them.
 */
export function templatePatch(template: V1PodTemplateSpec): object {
  const patch = { spec: { template: { ...template, $patch: 'replace' } } };
  return JSON.parse(canonicalJson(patch)) as object;
}

/** The template that a revision keeps; undefined where it keeps something else. */
export function templateOf({ data }: V1ControllerRevision): V1PodTemplateSpec | undefined {
  const patch = data as { spec?: { template?: Record<string, unknown> } } | undefined;
  const kept = patch?.spec?.template;
  if (typeof kept !== 'object') return undefined;
  const { $patch: _directive, ...template } = kept;
  return template;
}

/** How the wanted state becomes the newest revision. */
export type RevisionPlan =
  | { readonly type: 'keep'; readonly revision: V1ControllerRevision }
  /** It was there before: it is counted up. */
  | {
      readonly type: 'renumber';
      readonly revision: V1ControllerRevision;
      readonly number: number;
    }
  | { readonly type: 'create'; readonly number: number };

export function planRevision(
  revisions: readonly V1ControllerRevision[],
  data: object,
): RevisionPlan {
  const sorted = oldestFirst(revisions);
  const newest = sorted.at(-1);
  const number = (newest?.revision ?? 0) + 1;
  const equal = sorted.filter((each) => sameJson(each.data, data)).at(-1);
  if (equal === undefined) return { type: 'create', number };
  if (equal === newest) return { type: 'keep', revision: equal };
  return { type: 'renumber', revision: equal, number };
}

/** By number, then by age, then by name. */
export function oldestFirst(revisions: readonly V1ControllerRevision[]): V1ControllerRevision[] {
  const bornMs = ({ metadata }: V1ControllerRevision): number =>
    parseTimestamp(metadata?.creationTimestamp) ?? 0;
  return [...revisions].sort(
    (a, b) =>
      a.revision - b.revision ||
      bornMs(a) - bornMs(b) ||
      ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1),
  );
}

/** The oldest that go so that only `limit` of these are left; those that pods still have stay. */
export function surplusRevisions(
  revisions: readonly V1ControllerRevision[],
  isLive: (revision: V1ControllerRevision) => boolean,
  limit: number,
): readonly V1ControllerRevision[] {
  const surplus = Math.max(0, revisions.length - limit);
  return oldestFirst(revisions)
    .filter((revision) => !isLive(revision))
    .slice(0, surplus);
}
