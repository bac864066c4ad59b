import { table } from '../output.js';
import { type TraceSpan, type TraceSummary, type TreeLine } from './trace-tree.js';

/** A trace as a tree, with times from its beginning. */
export function traceText(traceId: string, lines: readonly TreeLine[]): string {
  const spans = lines.map(({ span }) => span);
  const beginMs = Math.min(...spans.map(({ startedMs }) => startedMs));
  const actors = new Set(spans.map(({ actor }) => actor)).size;
  const rows = lines.map(({ depth, span }) => [
    milliseconds(span.startedMs - beginMs),
    span.durationMs === undefined ? 'goes on' : milliseconds(span.durationMs),
    span.actor,
    `${'  '.repeat(depth)}${span.name}${problemOf(span)}`,
  ]);
  return [
    `trace ${traceId}: ${String(spans.length)} spans of ${String(actors)} actors`,
    table(['AT', 'TOOK', 'ACTOR', 'SPAN'], rows),
  ].join('\n');
}

function problemOf({ outcome }: TraceSpan): string {
  return outcome === undefined || outcome === 'ok' ? '' : ` (${outcome})`;
}

export function summariesText(summaries: readonly TraceSummary[]): string {
  const rows = summaries.map((trace) => [
    trace.traceId,
    new Date(trace.startedAtMs).toISOString(),
    trace.durationMs === undefined ? 'goes on' : milliseconds(trace.durationMs),
    String(trace.spans),
    String(trace.actors),
    trace.name,
  ]);
  return table(['TRACE', 'STARTED', 'TOOK', 'SPANS', 'ACTORS', 'REQUEST'], rows);
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 2 : 0)} ms`;
}
