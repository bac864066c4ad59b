/** Columns of text, as kubectl prints them: padded, three spaces apart, no trailing blanks. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('   ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** To standard error, so that it is not taken for data. */
export function complain(text: string): void {
  process.stderr.write(`kubactor: ${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** `1m12s`, `3h4m`, `850ms`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)}Mi`;
}

/** `5s`, `300ms`, `1m30s` in milliseconds; undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ''] ?? 0), 0);
}

/** Between words, to the width of the terminal (80 where there is none), each line behind `indent`. */
export function wrapped(text: string, indent: string): string[] {
  const width = Math.max(40, process.stdout.columns || 80) - indent.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

/** `5m` (so long ago), or a time as `Date` reads it, in RFC 3339; undefined where it is neither. */
export function parseTime(text: string, nowMs: number): string | undefined {
  const agoMs = parseDuration(text);
  const ms = agoMs === undefined ? Date.parse(text) : nowMs - agoMs;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
