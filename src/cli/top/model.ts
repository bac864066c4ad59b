import type { Listing, Sample } from './sample.js';

export const VIEWS = ['cluster', 'actors', 'elections', 'nodes', 'pods'] as const;
export type View = (typeof VIEWS)[number];

/** All that the screen shows. Time and what was seen come in; nothing is read from the world. */
export interface TopModel {
  readonly view: View;
  /** The key of the selected row in each view; a row that is gone selects the first. */
  readonly selected: Readonly<Partial<Record<View, string>>>;
  readonly dialog: Dialog | undefined;
  readonly sample: Sample | undefined;
  /** The one before of the same process: rates are the difference between both. */
  readonly before: Sample | undefined;
  /** Why there is nothing newer; undefined: the daemon answers. */
  readonly lost: string | undefined;
  /** The outcome of what was done last. */
  readonly notice: string | undefined;
  /** Monotonic. */
  readonly nowMs: number;
}

export type Dialog =
  | { readonly type: 'help' }
  | { readonly type: 'confirm-kill'; readonly actor: string };

export const EMPTY_MODEL: TopModel = {
  view: 'cluster',
  selected: {},
  dialog: undefined,
  sample: undefined,
  before: undefined,
  lost: undefined,
  notice: undefined,
  nowMs: 0,
};

/** The rows of the current view, each by a key that stays its own from sample to sample. */
export function rowKeys({ view, sample }: TopModel): readonly string[] {
  if (sample === undefined) return [];
  switch (view) {
    case 'cluster':
      return sample.status.store.replicas.map(({ id }) => id);
    case 'actors':
      return (sample.actors?.list ?? []).map(({ id }) => id);
    case 'elections':
      return (sample.elections ?? []).map(({ id }) => id);
    case 'nodes':
      return listingKeys(sample.nodes);
    case 'pods':
      return listingKeys(sample.pods);
    default:
      return view satisfies never;
  }
}

/** The place of the selected row; undefined where there is none to select. */
export function selectedIndex(model: TopModel): number | undefined {
  const keys = rowKeys(model);
  if (keys.length === 0) return undefined;
  return Math.max(0, keys.indexOf(model.selected[model.view] ?? ''));
}

/** The actor that `k` would kill. */
export function selectedActor(model: TopModel): string | undefined {
  if (model.view !== 'cluster' && model.view !== 'actors') return undefined;
  const at = selectedIndex(model);
  return at === undefined ? undefined : rowKeys(model)[at];
}

/** `kubectl get -A` puts the namespace first: with the name it is unique. */
function listingKeys(listing: Listing | undefined): readonly string[] {
  return listing?.ok === true ? listing.rows.map((row) => row.slice(0, 2).join('/')) : [];
}
