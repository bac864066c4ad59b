import { duration, mebibytes } from '../../output.js';
import { cpuPercent } from '../rates.js';
import { line, styled, type Line } from '../styled-line.js';
import { VIEWS, type TopModel } from '../model.js';

/** Rows that stand above every view. */
export const SUMMARY_ROWS = 4;

/** So long the last answer is as good as new. */
const FRESH_MS = 3000;

/** The cluster in two lines, then the names of the views. */
export function summary(model: TopModel): Line[] {
  const { sample } = model;
  if (sample === undefined) return [line('waiting for the first answer …'), [], tabs(model), []];
  const { ready, degraded, version, pid, process, store, actors, nodes, pods } = sample.status;
  const up = actors.filter(({ state }) => state === 'running').length;
  const percent = cpuPercent(model);
  return [
    line(
      `kubactor ${version}  `,
      ready && degraded.length > 0
        ? styled('warn', 'degraded')
        : styled(ready ? 'good' : 'bad', ready ? 'ready' : 'not ready'),
      `  pid ${pid}  up ${duration(process.uptimeMs)}`,
      `  CPU ${percent === undefined ? '-' : `${percent.toFixed(1)} %`}`,
      `  memory ${mebibytes(process.rssBytes)}  `,
      ...silence(model),
    ),
    line(
      'leader ',
      styled(store.leader === null ? 'bad' : 'strong', store.leader ?? 'none'),
      `  term ${store.term}  commit ${store.commitIndex}  `,
      outOf('actors', up, actors.length),
      outOf('nodes', nodes.ready, nodes.total),
      outOf('pods', pods.ready, pods.total),
    ),
    tabs(model),
    [],
  ];
}

/** So many of them run, or are Ready. */
function outOf(what: string, good: number, all: number): Line[number] {
  return styled(good < all ? 'warn' : undefined, `${what} ${good}/${all}  `);
}

function silence({ sample, nowMs, lost }: TopModel): Line {
  const silentMs = nowMs - (sample?.atMs ?? nowMs);
  if (lost === undefined && silentMs < FRESH_MS) return [];
  return line(styled('bad', `as of ${duration(silentMs)} ago`));
}

/** The current view stands in brackets: it is told without colour too. */
function tabs({ view }: TopModel): Line {
  const names = VIEWS.map((name, i) =>
    name === view
      ? styled('strong', `[${i + 1} ${name}] `)
      : styled(undefined, ` ${i + 1} ${name}  `),
  );
  return line(...names, styled('dim', '  ? help   q quit'));
}
