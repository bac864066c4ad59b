import { Cron } from 'croner';
import type { V1CronJob } from '../../api/index.js';
import { parseTimestamp } from '../../client/index.js';

/** When a cron job is due. Times are milliseconds since 1970. */
export interface Schedule {
  /** The first time after this one; undefined: never again. */
  readonly next: (afterMs: number) => number | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};
/** Of minutes, hours, days of the month, months and days of the week. */
const FIELD_MAX = [59, 23, 31, 12, 6];

/** Throws for what the API server would not have let in. Without a time zone, UTC counts. */
export function parseSchedule(schedule: string, timeZone = 'UTC'): Schedule {
  if (schedule.startsWith('@every')) return every(schedule);
  const cron = new Cron(patternOf(schedule), { paused: true, timezone: timeZone });
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

/** `@every 1h30m`: whole seconds, at least one, from the last time on. */
function every(schedule: string): Schedule {
  let periodMs = 0;
  for (const [, count, unit = 's'] of schedule.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g))
    periodMs += Number(count) * (UNITS_MS[unit] ?? 0);
  periodMs = Math.max(1_000, Math.floor(periodMs / 1_000) * 1_000);
  return { next: (afterMs) => Math.floor(afterMs / 1_000) * 1_000 + periodMs };
}

/** In the words of croner: `?` is `*`, `5/15` is `5-59/15`, and nothing between two commas is nothing. */
function patternOf(schedule: string): string {
  if (schedule.startsWith('@')) return schedule;
  const words = schedule.trim().split(/\s+/);
  return words
    .map((word, place) =>
      word
        .split(',')
        .filter((each) => each !== '')
        .map((each) =>
          each
            .replace(/^\?/, '*')
            .replace(/^([^-*/]+)\/(.*)$/, `$1-${String(FIELD_MAX[place] ?? 0)}/$2`),
        )
        .join(','),
    )
    .join(' ');
}

/** The newest time that is due and was not started, if any. */
export interface Due {
  readonly lastMs: number | undefined;
  /** When to look again; undefined: never. */
  readonly nextMs: number | undefined;
  /** More than a hundred were missed. */
  readonly tooManyMissed: boolean;
}

const MISSED_MAX = 100;

/** What is due since the last start, or since the cron job was made; not from before its starting deadline. */
export function dueAt(cronJob: V1CronJob, schedule: Schedule, nowMs: number): Due {
  const { metadata, spec, status } = cronJob;
  const begunMs =
    parseTimestamp(status?.lastScheduleTime) ??
    parseTimestamp(metadata?.creationTimestamp) ??
    nowMs;
  const deadline = spec.startingDeadlineSeconds;
  const earliestMs = deadline === undefined ? begunMs : Math.max(begunMs, nowMs - deadline * 1_000);
  const firstMs = schedule.next(earliestMs);
  if (firstMs === undefined || firstMs > nowMs)
    return { lastMs: undefined, nextMs: firstMs, tooManyMissed: false };
  const secondMs = schedule.next(firstMs);
  const periodMs = secondMs === undefined ? Infinity : Math.max(1_000, secondMs - firstMs);
  const lastMs = newestMs(schedule, firstMs, periodMs, nowMs);
  const tooManyMissed = Math.floor((nowMs - firstMs) / periodMs) + 1 > MISSED_MAX;
  return { lastMs, nextMs: schedule.next(lastMs), tooManyMissed };
}

/** Looks back from now, further each time: years of missed minutes are not walked through. */
function newestMs(schedule: Schedule, firstMs: number, periodMs: number, nowMs: number): number {
  for (let spanMs = 2 * periodMs; nowMs - spanMs > firstMs; spanMs *= 2) {
    // In whole periods from the first: `@every` counts from there.
    const fromMs = firstMs + Math.floor((nowMs - spanMs - firstMs) / periodMs) * periodMs;
    const atMs = schedule.next(fromMs);
    if (atMs !== undefined && atMs <= nowMs) return walk(schedule, atMs, nowMs);
  }
  return walk(schedule, firstMs, nowMs);
}

function walk(schedule: Schedule, fromMs: number, nowMs: number): number {
  let atMs = fromMs;
  for (;;) {
    const laterMs = schedule.next(atMs);
    if (laterMs === undefined || laterMs > nowMs) return atMs;
    atMs = laterMs;
  }
}

/** `2026-11-28T22:00:00+01:00`, in the time zone; `Z` for UTC. */
export function zonedTimestamp(wallMs: number, timeZone = 'UTC'): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(wallMs));
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const local = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
  const offsetMinutes = Math.round((Date.parse(`${local}Z`) - wallMs) / 60_000);
  if (offsetMinutes === 0) return `${local}Z`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.abs(offsetMinutes);
  const sign = offsetMinutes < 0 ? '-' : '+';
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `Sat, 28 Nov 2026 22:00:00 +0000`. */
export function rfc1123(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace('GMT', '+0000');
}
