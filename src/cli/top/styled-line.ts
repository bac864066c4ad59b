/** How a piece of text stands out. It never carries what the text alone does not say: colours may be missing. */
export type Style = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'selected';

export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export function line(...spans: readonly (Span | string)[]): Line {
  return spans.map((span) => (typeof span === 'string' ? { text: span } : span));
}

export function styled(style: Style | undefined, text: string): Span {
  return { text, style };
}

export function plainText(row: Line): string {
  return row
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}

/** The row, no longer than `width`: what is cut off ends with an ellipsis. */
export function cropped(row: Line, width: number): Line {
  let left = width;
  const spans: Span[] = [];
  const total = row.reduce((sum, { text }) => sum + text.length, 0);
  if (total <= width) return row;
  for (const span of row) {
    if (span.text.length < left) {
      spans.push(span);
      left -= span.text.length;
      continue;
    }
    spans.push({ ...span, text: `${span.text.slice(0, Math.max(0, left - 1))}…` });
    break;
  }
  return spans;
}

/** Exactly `height` rows: filled up with empty ones, or cut. */
export function filled(rows: readonly Line[], height: number): Line[] {
  return Array.from({ length: Math.max(0, height) }, (_, i) => rows[i] ?? []);
}
