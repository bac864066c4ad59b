import { EMPTY_MODEL, VIEWS } from './model.js';
import type { Listing, Sample } from './sample.js';
import { viewLines } from './screen.js';
import { plainText } from './styled-line.js';
import { update } from './update.js';
import { summary } from './views/summary.js';

/** Nothing is cut: no terminal bounds it. */
const UNBOUNDED = 10_000;

/** Every view, one below the other, for who has no terminal. */
export function snapshotText(sample: Sample): string {
  const { model } = update(EMPTY_MODEL, { type: 'sampled', sample });
  const [first = [], second = []] = summary(model);
  const views = VIEWS.filter((view) => view !== 'cluster' || sample.elections !== undefined).map(
    (view) => {
      const lines = viewLines({ ...model, view }, UNBOUNDED, rowsOf(sample));
      return [view.toUpperCase(), ...lines.map(plainText)].join('\n').trimEnd();
    },
  );
  return [[plainText(first), plainText(second)].join('\n'), ...views].join('\n\n');
}

/** The same as data. */
export function snapshotJson({ status, actors, elections, nodes, pods }: Sample): unknown {
  return {
    status,
    actors: actors?.list,
    elections,
    nodes: listingJson(nodes),
    pods: listingJson(pods),
  };
}

function rowsOf({ actors, elections, nodes, pods }: Sample): number {
  const listed = (listing: Listing | undefined): number =>
    listing?.ok === true ? listing.rows.length : 0;
  return (
    Math.max(actors?.list.length ?? 0, elections?.length ?? 0, listed(nodes), listed(pods)) + 20
  );
}

/** Objects by the names of their columns; null where the API server did not answer. */
function listingJson(listing: Listing | undefined): unknown {
  if (listing?.ok !== true) return null;
  return listing.rows.map((row) =>
    Object.fromEntries(listing.columns.map(({ title }, at) => [title, row[at] ?? ''])),
  );
}
