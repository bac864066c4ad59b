import type { TopModel } from './model.js';
import { cropped, filled, line, styled, type Line } from './styled-line.js';
import { actorsView } from './views/actors.js';
import { clusterView } from './views/cluster.js';
import { electionsView } from './views/elections.js';
import { helpView } from './views/help.js';
import { listingView } from './views/listing.js';
import { summary, SUMMARY_ROWS } from './views/summary.js';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const FOOT_ROWS = 1;

/** The whole screen: as many rows as there are, none wider than it is. Pure. */
export function screen(model: TopModel, { columns, rows }: ScreenSize): Line[] {
  const height = rows - SUMMARY_ROWS - FOOT_ROWS;
  const body = filled(viewLines(model, columns, height), height);
  return [...summary(model), ...body, foot(model)].map((row) => cropped(row, columns));
}

export function viewLines(model: TopModel, width: number, height: number): Line[] {
  if (model.dialog?.type === 'help') return helpView();
  switch (model.view) {
    case 'cluster':
      return clusterView(model, width, height);
    case 'actors':
      return actorsView(model, width, height);
    case 'elections':
      return electionsView(model, width, height);
    case 'nodes':
      return listingView(model, model.sample?.nodes, { width, height });
    case 'pods':
      return listingView(model, model.sample?.pods, { width, height });
    default:
      return model.view satisfies never;
  }
}

/** What waits for an answer, else what is wrong, else what was done. */
function foot({ dialog, lost, notice }: TopModel): Line {
  if (dialog?.type === 'confirm-kill')
    return line(styled('warn', `kill ${dialog.actor}? y: yes, any other key: no`));
  if (lost !== undefined) return line(styled('bad', `${lost} — trying again`));
  return line(notice ?? '');
}
