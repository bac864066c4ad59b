import type { KubernetesObject } from '../object.js';
import { humanDuration } from './human-duration.js';
import type { TableCell, TableColumnDefinition, TableRow } from './table.js';

/** How the objects of one resource become rows. `T` is their generated type. */
export interface Printer<T> {
  readonly columns: readonly TableColumnDefinition[];
  /** One cell for each column. */
  cells(object: T, nowMs: number): TableCell[];
  conditions?(object: T): TableRow['conditions'];
}

/** A printer of one model as one of any object: what it is given was decoded as that model. */
export type AnyPrinter = Printer<KubernetesObject>;

export const NONE = '<none>';
export const UNKNOWN = '<unknown>';

export const NAME = column(
  'Name',
  'string',
  'The name, unique within the namespace and the resource.',
  {
    format: 'name',
  },
);
export const AGE = column('Age', 'string', 'The time since the object was created.');

/** A column; `wide` ones are shown by `-o wide` only. */
export function column(
  name: string,
  type: TableColumnDefinition['type'],
  description: string,
  options: { readonly format?: string; readonly wide?: boolean } = {},
): TableColumnDefinition {
  const priority = options.wide === true ? 1 : 0;
  return { name, type, format: options.format ?? '', description, priority };
}

/** The time since an RFC 3339 timestamp. */
export function since(timestamp: string | undefined, nowMs: number): string {
  if (timestamp === undefined || timestamp === '') return UNKNOWN;
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? UNKNOWN : humanDuration(nowMs - then);
}

export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? NONE : text;
}

export function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? UNKNOWN : text;
}

/** `a=1,b=2`, sorted. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return orNone(pairs.map(([key, value]) => `${key}=${value}`).join(','));
}

/** The first three, and how many there are beyond. */
export function listWithMore(texts: readonly string[], count = texts.length): string {
  const shown = texts.slice(0, LISTED_MAX).join(',');
  return count > LISTED_MAX ? `${shown} + ${String(count - LISTED_MAX)} more...` : shown;
}

const LISTED_MAX = 3;
