import type { ActorDetail } from '../../../daemon/index.js';
import { duration, mebibytes } from '../../output.js';
import { fittedTable, type Column } from '../fitted-table.js';
import { selectedIndex, type TopModel } from '../model.js';
import { busyPercent, messagesPerSecond } from '../rates.js';
import type { Line } from '../styled-line.js';

/** The supervision tree, in start order. */
export function actorsView(model: TopModel, width: number, height: number): Line[] {
  return fittedTable(columns(model), model.sample?.actors?.list ?? [], {
    width,
    height,
    selected: selectedIndex(model),
  });
}

function columns(model: TopModel): readonly Column<ActorDetail>[] {
  return [
    { title: 'ACTOR', rank: 0, cell: ({ id }) => id },
    {
      title: 'STATE',
      rank: 0,
      cell: ({ state }) => state,
      style: ({ state }) => (state === 'running' ? 'good' : 'warn'),
    },
    { title: 'LIFE', rank: 3, align: 'right', cell: ({ incarnation }) => String(incarnation) },
    {
      title: 'RESTARTS',
      rank: 0,
      align: 'right',
      cell: ({ restarts }) => String(restarts),
      style: ({ restarts }) => (restarts > 0 ? 'warn' : undefined),
    },
    {
      title: 'BUSY',
      rank: 0,
      align: 'right',
      cell: (actor) => percent(busyPercent(model, actor)),
    },
    {
      title: 'MSG/S',
      rank: 1,
      align: 'right',
      cell: (actor) => whole(messagesPerSecond(model, actor)),
    },
    {
      title: 'MAILBOX',
      rank: 1,
      align: 'right',
      cell: ({ mailboxMessages }) => String(mailboxMessages),
    },
    {
      title: 'LOOP P99',
      rank: 2,
      align: 'right',
      cell: ({ loopDelayP99Ms }) =>
        loopDelayP99Ms === null ? '-' : `${loopDelayP99Ms.toFixed(1)} ms`,
    },
    {
      title: 'HEAP',
      rank: 0,
      align: 'right',
      cell: ({ heapUsedBytes }) => mebibytes(heapUsedBytes),
    },
    {
      title: 'BUFFERS',
      rank: 3,
      align: 'right',
      cell: ({ bufferBytes }) => mebibytes(bufferBytes),
    },
    { title: 'UP', rank: 0, align: 'right', cell: ({ uptimeMs }) => duration(uptimeMs) },
    {
      title: 'LAST CRASH',
      rank: 3,
      cell: ({ lastCrash }) => lastCrash?.reason.split('\n')[0] ?? '',
      style: () => 'bad',
    },
  ];
}

function percent(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} %`;
}

function whole(value: number | undefined): string {
  return value === undefined ? '-' : String(Math.round(value));
}
