/*
 * The schedules of cron jobs: five fields as in crontab, or `@hourly` and its like. What is wrong is said as by the
 * parser that Kubernetes uses (robfig/cron, standard options).
 */

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = [
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
];
const EVERY = /^@every ([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/;

/** Undefined: it can be kept. */
export function cronScheduleProblem(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (DESCRIPTORS.includes(schedule) || EVERY.test(schedule)) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const words = schedule.split(/\s+/).filter((word) => word !== '');
  if (words.length !== FIELDS.length)
    return `expected exactly 5 fields, found ${String(words.length)}: [${words.join(' ')}]`;
  for (const [place, word] of words.entries()) {
    const field = FIELDS[place];
    const problem = field && fieldProblem(word, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldProblem(word: string, field: Field): string | undefined {
  for (const range of word.split(',')) {
    const problem = range === '' ? undefined : rangeProblem(range, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** `5`, `1-5`, `* /2` without the space, `mon-fri`. */
function rangeProblem(range: string, field: Field): string | undefined {
  const [bounds = '', step, ...moreSteps] = range.split('/');
  const [low = '', high, ...moreBounds] = bounds.split('-');
  if (moreSteps.length > 0) return `too many slashes: ${range}`;
  if (moreBounds.length > 0) return `too many hyphens: ${range}`;
  const isAny = low === '*' || low === '?';
  const start = isAny ? field.min : numberOf(low, field.names);
  if (typeof start === 'string') return start;
  const single = high === undefined ? start : numberOf(high, field.names);
  if (typeof single === 'string') return single;
  const every = step === undefined ? 1 : numberOf(step, undefined);
  if (typeof every === 'string') return every;
  const end = isAny || (step !== undefined && high === undefined) ? field.max : single;
  if (start < field.min)
    return `beginning of range (${String(start)}) below minimum (${String(field.min)}): ${range}`;
  if (end > field.max)
    return `end of range (${String(end)}) above maximum (${String(field.max)}): ${range}`;
  if (start > end)
    return `beginning of range (${String(start)}) beyond end of range (${String(end)}): ${range}`;
  return every === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

/** The number, or what is wrong with it. */
function numberOf(text: string, names: readonly string[] | undefined): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return names === MONTHS ? named + 1 : named;
  if (/^[0-9]+$/.test(text)) return Number(text);
  if (/^-[0-9]+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  const quoted = JSON.stringify(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${quoted}: invalid syntax`;
}
