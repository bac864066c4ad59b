import { fittedTable, type Column } from '../fitted-table.js';
import { selectedIndex, type TopModel } from '../model.js';
import type { Listing } from '../sample.js';
import { line, styled, type Line, type Style } from '../styled-line.js';

const WELL = new Set(['Ready', 'Running', 'Completed']);

/** Nodes or pods, with the very columns of `kubectl get`. */
export function listingView(
  model: TopModel,
  listing: Listing | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): Line[] {
  if (listing === undefined) return [line(styled('dim', '  asking the API server …'))];
  if (!listing.ok) return [line(styled('bad', `  ${listing.problem}`))];
  if (listing.rows.length === 0) return [line(styled('dim', '  none'))];
  const columns = listing.columns.map(
    ({ title, wide }, at): Column<readonly string[]> => ({
      title: title.toUpperCase(),
      rank: wide ? 2 : title === 'Age' ? 1 : 0,
      cell: (row) => row[at] ?? '',
      ...(title === 'Status' ? { style: (row) => statusStyle(row[at] ?? '') } : {}),
    }),
  );
  const more =
    listing.more === 0
      ? []
      : [line(styled('dim', `  and ${listing.more} more, which kubectl shows`))];
  const table = fittedTable(columns, listing.rows, {
    width,
    height: height - more.length,
    selected: selectedIndex(model),
  });
  return [...table, ...more];
}

function statusStyle(status: string): Style {
  return WELL.has(status) ? 'good' : 'warn';
}
