import type { CollectedSpans } from '../../daemon/index.js';

export type TraceSpan = CollectedSpans['spans'][number];

export interface TreeLine {
  readonly depth: number;
  readonly span: TraceSpan;
}

/**
 * Spans of one trace as a tree, parents before children, siblings in the order of their starts. A span whose parent is not
 * there (it was a client's, or is forgotten) stands at the top.
 */
export function traceTree(spans: readonly TraceSpan[]): TreeLine[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const childrenOf = new Map<string | undefined, TraceSpan[]>();
  for (const span of [...byId.values()].sort((a, b) => a.startedMs - b.startedMs)) {
    const isTop = span.parentId === undefined || !byId.has(span.parentId);
    const parent = isTop ? undefined : span.parentId;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), span]);
  }
  const lines: TreeLine[] = [];
  // What is damaged so that it goes in a circle hangs below no top, and is left out.
  const visit = (parent: string | undefined, depth: number): void => {
    for (const span of childrenOf.get(parent) ?? []) {
      lines.push({ depth, span });
      visit(span.id, depth + 1);
    }
  };
  visit(undefined, 0);
  return lines;
}

export interface TraceSummary {
  readonly traceId: string;
  /** Of the last of the spans at the top: kubectl asks for this and that before it comes to the point. */
  readonly name: string;
  readonly startedAtMs: number;
  /** Of the spans at the top together. What they set off may have gone on. Undefined: one of them goes on. */
  readonly durationMs: number | undefined;
  readonly spans: number;
  readonly actors: number;
}

/** The longest first; what goes on counts as the longest of all. */
export function slowestTraces(spans: readonly TraceSpan[], count: number): TraceSummary[] {
  const byTrace = new Map<string, TraceSpan[]>();
  for (const span of spans) byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
  return [...byTrace.values()]
    .flatMap(summary)
    .sort((a, b) => (b.durationMs ?? Infinity) - (a.durationMs ?? Infinity))
    .slice(0, count);
}

function summary(spans: readonly TraceSpan[]): TraceSummary[] {
  const tops = traceTree(spans).flatMap(({ depth, span }) => (depth === 0 ? [span] : []));
  const [first, last] = [tops[0], tops.at(-1)];
  if (first === undefined || last === undefined) return [];
  const ends = tops.map(({ startedMs, durationMs }) => startedMs + (durationMs ?? Infinity));
  const durationMs = Math.max(...ends) - first.startedMs;
  return [
    {
      traceId: first.traceId,
      name: last.name,
      startedAtMs: first.startedAtMs,
      durationMs: durationMs === Infinity ? undefined : durationMs,
      spans: spans.length,
      actors: new Set(spans.map(({ actor }) => actor)).size,
    },
  ];
}
