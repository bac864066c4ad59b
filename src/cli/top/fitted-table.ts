import { cropped, line, styled, type Line, type Style } from './styled-line.js';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly style?: (row: T) => Style | undefined;
  readonly align?: 'left' | 'right';
  /** Where the screen is too narrow the columns of the highest rank go first; those of rank 0 never. */
  readonly rank: number;
}

export interface TableFrame {
  readonly width: number;
  /** Rows of the screen, the header included. */
  readonly height: number;
  /** Marked, and always on the screen. Undefined: nothing is. */
  readonly selected: number | undefined;
}

const GAP = 2;
const MARK = '> ';
const NO_MARK = '  ';

/** A table that fits: columns go where they have no room, rows scroll with the selection, the last cell is cut. */
export function fittedTable<T>(
  all: readonly Column<T>[],
  rows: readonly T[],
  { width, height, selected }: TableFrame,
): Line[] {
  const columns = columnsThatFit(all, rows, width);
  const widths = columns.map((column) => columnWidth(column, rows));
  const header = line(
    styled('dim', NO_MARK + cells(columns, widths, (column) => column.title).join('')),
  );
  const shown = Math.max(0, height - 1);
  const first = firstShown(rows.length, shown, selected ?? 0);
  const body = rows.slice(first, first + shown).map((row, i): Line => {
    const isSelected = first + i === selected;
    const texts = cells(columns, widths, (column) => column.cell(row));
    const spans = columns.map((column, at) =>
      styled(isSelected ? 'selected' : column.style?.(row), texts[at] ?? ''),
    );
    return line(styled(isSelected ? 'selected' : undefined, isSelected ? MARK : NO_MARK), ...spans);
  });
  return [header, ...body].map((row) => cropped(row, width));
}

/** The first row on the screen: the selected one stands in the middle, except near the ends. */
export function firstShown(rows: number, shown: number, selected: number): number {
  return Math.max(0, Math.min(selected - Math.floor(shown / 2), rows - shown));
}

function columnsThatFit<T>(
  all: readonly Column<T>[],
  rows: readonly T[],
  width: number,
): Column<T>[] {
  const columns = [...all];
  for (;;) {
    const needed = columns.reduce(
      (sum, column) => sum + columnWidth(column, rows) + GAP,
      MARK.length - GAP,
    );
    const rank = Math.max(0, ...columns.map((column) => column.rank));
    if (needed <= width || rank === 0) return columns;
    columns.splice(
      columns.findLastIndex((column) => column.rank === rank),
      1,
    );
  }
}

function columnWidth<T>(column: Column<T>, rows: readonly T[]): number {
  return rows.reduce(
    (widest, row) => Math.max(widest, column.cell(row).length),
    column.title.length,
  );
}

function cells<T>(
  columns: readonly Column<T>[],
  widths: readonly number[],
  text: (column: Column<T>) => string,
): string[] {
  const gap = ' '.repeat(GAP);
  return columns.map((column, i) => {
    const isLast = i === columns.length - 1;
    const width = widths[i] ?? 0;
    if (column.align === 'right') return text(column).padStart(width) + (isLast ? '' : gap);
    return isLast ? text(column) : text(column).padEnd(width) + gap;
  });
}
