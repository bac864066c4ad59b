/** One line of a log, as far as it is looked at. */
export interface LogRecord {
  readonly line: string;
  /** RFC 3339, UTC, milliseconds: compares as text. */
  readonly time: string;
  readonly level: string;
  readonly actor: string;
  readonly traceId: string | undefined;
  readonly message: string;
}

/** Undefined: torn, or something else that got into the file. */
export function parseLogLine(line: string): LogRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { time, level, actor, traceId, msg } = value as Record<string, unknown>;
  if (typeof time !== 'string') return undefined;
  return {
    line,
    time,
    level: text(level) ?? 'info',
    actor: text(actor) ?? '',
    traceId: text(traceId),
    message: text(msg) ?? '',
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** What of the logs is wanted; all of it must hold. */
export interface LogFilter {
  /** At least. */
  readonly level?: string | undefined;
  readonly traceId?: string | undefined;
  /** RFC 3339, UTC, milliseconds; both ends are included. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Anywhere in the line, or in its message as people read it. */
  readonly text?: string | undefined;
}

export function matches(record: LogRecord, filter: LogFilter): boolean {
  const { level, traceId, since, until, text: wanted } = filter;
  if (since !== undefined && record.time < since) return false;
  if (until !== undefined && record.time > until) return false;
  if (level !== undefined && severity(record.level) < severity(level)) return false;
  if (traceId !== undefined && record.traceId !== traceId) return false;
  return wanted === undefined || record.message.includes(wanted) || record.line.includes(wanted);
}

function severity(level: string): number {
  return SEVERITIES.findIndex((known) => known === level);
}
