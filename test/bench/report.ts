import { cpus, totalmem } from 'node:os';

/** One figure; `ratio` is ours over the peer's, turned so that above 1 is better. Null where there is no peer. */
export interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly peer: string | null;
  readonly peerValue: number | null;
  readonly ratio: number | null;
}

export function alone(metric: string, unit: string, value: number): Row {
  return { metric, unit, value: rounded(value), peer: null, peerValue: null, ratio: null };
}

/** A figure beside a peer's of the same run. A peer that is not there has no value, and the row then stands alone. */
export function beside(
  metric: string,
  unit: string,
  value: number,
  better: 'less' | 'more',
  peer: string,
  peerValue: number | undefined,
): Row {
  if (peerValue === undefined) return alone(metric, unit, value);
  const ratio = better === 'less' ? peerValue / value : value / peerValue;
  return {
    metric,
    unit,
    value: rounded(value),
    peer,
    peerValue: rounded(peerValue),
    ratio: rounded(ratio),
  };
}

/** A figure of which more is better, beside a peer's of the same run. */
export function moreIsBetter(
  metric: string,
  unit: string,
  value: number,
  peer: string,
  peerValue: number,
): Row {
  return {
    metric,
    unit,
    value: rounded(value),
    peer,
    peerValue: rounded(peerValue),
    ratio: rounded(value / peerValue),
  };
}

/** Says figures as soon as they are known, as a bench may take minutes. Returns them. */
export function said(...rows: readonly Row[]): readonly Row[] {
  for (const { metric, value, unit, ratio } of rows) {
    const beside = ratio === null ? '' : ` (ratio ${String(ratio)})`;
    process.stderr.write(`${metric}: ${String(value)} ${unit}${beside}\n`);
  }
  return rows;
}

export function machine(): Record<string, unknown> {
  const [first] = cpus();
  return {
    node: process.versions.node,
    platform: process.platform,
    cores: cpus().length,
    cpu: first?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.metric,
    `${row.value} ${row.unit}`,
    row.peer === null ? '' : `${row.peer}: ${row.peerValue ?? ''} ${row.unit}`,
    row.ratio === null ? '' : `${row.ratio} x`,
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** `fraction` 0.5 is the median. Nearest rank. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * fraction) - 1))] ?? NaN
  );
}

function rounded(value: number): number {
  if (Math.abs(value) >= 100) return Math.round(value);
  return Math.abs(value) >= 1 ? Math.round(value * 100) / 100 : Number(value.toPrecision(2));
}
