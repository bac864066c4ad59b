import type { ActorDetail } from '../daemon/index.js';
import { duration, mebibytes, table } from './output.js';

interface Column {
  readonly title: string;
  /** `wide`: only where there is room for all of them. */
  readonly width: 'always' | 'wide';
  readonly cell: (actor: ActorDetail) => string;
}

const NONE = '-';

const COLUMNS: readonly Column[] = [
  { title: 'STATE', width: 'always', cell: ({ state }) => state },
  { title: 'LIFE', width: 'wide', cell: ({ incarnation }) => String(incarnation) },
  { title: 'RESTARTS', width: 'always', cell: ({ restarts }) => String(restarts) },
  { title: 'MAILBOX', width: 'always', cell: ({ mailboxMessages }) => String(mailboxMessages) },
  { title: 'IN', width: 'wide', cell: ({ messagesIn }) => count(messagesIn) },
  { title: 'OUT', width: 'wide', cell: ({ messagesOut }) => count(messagesOut) },
  {
    title: 'LOOP P99',
    width: 'always',
    cell: ({ loopDelayP99Ms }) => milliseconds(loopDelayP99Ms),
  },
  { title: 'HEAP', width: 'always', cell: ({ heapUsedBytes }) => mebibytes(heapUsedBytes) },
  { title: 'BUFFERS', width: 'wide', cell: ({ bufferBytes }) => mebibytes(bufferBytes) },
  { title: 'GC', width: 'wide', cell: ({ gcMs }) => milliseconds(gcMs) },
  { title: 'DEAD LETTERS', width: 'wide', cell: (actor) => count(deadLetters(actor)) },
  { title: 'UP', width: 'always', cell: ({ uptimeMs }) => duration(uptimeMs) },
  {
    title: 'LAST CRASH',
    width: 'wide',
    cell: ({ lastCrash }) => firstLine(lastCrash?.reason ?? ''),
  },
];

/**
 * The supervision tree. It fits into 80 columns, unless it is `wide`; what has crashed then stands below, since a reason is
 * of any length.
 */
export function actorTable(actors: readonly ActorDetail[], wide: boolean): string {
  const columns = COLUMNS.filter(({ width }) => wide || width === 'always');
  const rows = actors.map((actor, i) => [
    `${i === actors.length - 1 ? '└─' : '├─'} ${actor.id}`,
    ...columns.map(({ cell }) => cell(actor)),
  ]);
  const tree = table(['ACTOR', ...columns.map(({ title }) => title)], [['cluster'], ...rows]);
  const crashes = actors.flatMap(({ id, lastCrash }) =>
    lastCrash === null ? [] : [`${id} crashed at ${lastCrash.at}: ${firstLine(lastCrash.reason)}`],
  );
  return wide || crashes.length === 0 ? tree : [tree, '', ...crashes].join('\n');
}

/** All of one actor, a line for each thing, and the stack of its last crash. */
export function actorText(actor: ActorDetail): string {
  const { lastCrash } = actor;
  const lines: readonly (readonly [string, string])[] = [
    ['actor', `${actor.id} (${actor.component})`],
    ['state', `${actor.state}, life ${actor.incarnation}, up ${duration(actor.uptimeMs)}`],
    ['restarts', withParts(actor.restarts, actor.restartsByCause)],
    ...nextStart(actor),
    ['mailbox', `${actor.mailboxMessages} now, ${count(actor.mailboxMessagesPeak)} at most`],
    ['messages', `${count(actor.messagesIn)} in, ${count(actor.messagesOut)} out`],
    ['bytes', `${size(actor.bytesIn)} in, ${size(actor.bytesOut)} out`],
    [
      'handling',
      `${count(actor.messagesHandled)} messages, p50 under ${milliseconds(actor.handlingP50Ms)}, p99 under ${milliseconds(actor.handlingP99Ms)}`,
    ],
    [
      'asks',
      `${count(actor.asksPending)} of its own pending, ${count(actor.callsPending)} to answer`,
    ],
    [
      'streams',
      `${count(actor.streamsConsumed)} consumed, ${count(actor.streamsProduced)} produced`,
    ],
    ['dead letters', withParts(deadLetters(actor), actor.deadLettersByReason ?? {})],
    [
      'loop delay',
      `p50 ${milliseconds(actor.loopDelayP50Ms)}, p99 ${milliseconds(actor.loopDelayP99Ms)}, worst ${milliseconds(actor.loopDelayMaxMs)}`,
    ],
    ['loop busy', share(actor.loopActiveMs, actor.loopIdleMs)],
    [
      'collections',
      `${count(actor.gcCount)}, ${milliseconds(actor.gcMs)} in all, the longest ${milliseconds(actor.gcMsMax)}`,
    ],
    ['heap', `${mebibytes(actor.heapUsedBytes)} of ${size(actor.heapLimitBytes)}`],
    ['buffers', mebibytes(actor.bufferBytes)],
    ['last crash', lastCrash === null ? 'none' : `${lastCrash.reason} (${lastCrash.at})`],
  ];
  const text = lines.map(([name, value]) => `${name.padEnd(13)}${value}`);
  if (lastCrash !== null && lastCrash.stack !== '') text.push('', lastCrash.stack);
  return text.join('\n');
}

/** Of one that is down: when it is tried again, and after how many crashes. */
function nextStart({ nextStartAt, crashesInRow }: ActorDetail): [string, string][] {
  if (nextStartAt === null) return [];
  const after = crashesInRow === 0 ? '' : `, after ${crashesInRow} crashes in a row`;
  return [['next start', `${nextStartAt}${after}`]];
}

function deadLetters({ deadLettersByReason }: ActorDetail): number | null {
  return deadLettersByReason === null
    ? null
    : Object.values(deadLettersByReason).reduce((sum, each) => sum + each, 0);
}

/** `3 (crash 1, chaos 2)`. */
function withParts(total: number | null, parts: Readonly<Record<string, number>>): string {
  const named = Object.entries(parts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? count(total) : `${count(total)} (${named.join(', ')})`;
}

function share(activeMs: number | null, idleMs: number | null): string {
  if (activeMs === null || idleMs === null) return NONE;
  return `${((100 * activeMs) / Math.max(1, activeMs + idleMs)).toFixed(1)} % of this life`;
}

function count(value: number | null): string {
  return value === null ? NONE : String(value);
}

function size(bytes: number | null): string {
  return bytes === null ? NONE : mebibytes(bytes);
}

function milliseconds(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms < 1) return `${Number(ms.toPrecision(2))}ms`;
  return ms < 10 ? `${ms.toFixed(1)}ms` : duration(ms);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
