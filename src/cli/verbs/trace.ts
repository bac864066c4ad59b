import { askDaemon, type DataFolder, OperatingError } from '../../daemon/index.js';
import { logReader } from '../logs/log-reader.js';
import { complain, print, printJson } from '../output.js';
import { summariesText, traceText } from '../traces/trace-text.js';
import { slowestTraces, type TraceSpan, traceTree } from '../traces/trace-tree.js';

/** `kubactor trace ID`: what every actor did for one request, from the actors' memories and from the logs. */
export async function trace(
  folder: DataFolder,
  traceId: string,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { spans: remembered, missing, problem } = await spansOf(folder, traceId);
  const { spans: logged, lines } = readLogs(folder, traceId);
  // A span is in both where its actor logs at debug; it may be in memory alone, or in the log of a life that is over.
  const byId = new Map([...logged, ...remembered].map((span) => [span.id, span]));
  const tree = traceTree([...byId.values()]);
  if (missing.length > 0) complain(`did not answer: ${missing.join(', ')}`);
  if (problem !== undefined) complain(`${problem}; what is in the logs:`);
  if (tree.length === 0 && lines.length === 0)
    throw new OperatingError(
      `nothing is known of trace ${traceId}: actors keep their last 2048 spans, and log them at level debug`,
    );
  if (json) {
    const spans = tree.map(({ span }) => span);
    printJson({ traceId, spans, logs: lines.map((line) => JSON.parse(line) as unknown), missing });
    return 0;
  }
  if (tree.length > 0) print(traceText(traceId, tree));
  if (lines.length > 0) await printLines(lines);
  return 0;
}

/** `kubactor trace --slowest N`: of the requests that actors still remember. */
export async function slowest(
  folder: DataFolder,
  count: number,
  { json }: { readonly json: boolean },
): Promise<number> {
  const { spans, missing } = await askDaemon(folder, { verb: 'spans' });
  const found = slowestTraces(spans, count);
  if (missing.length > 0) complain(`did not answer: ${missing.join(', ')}`);
  if (json) printJson(found);
  else if (found.length > 0) print(summariesText(found));
  else complain('nothing was traced; `kubactor kubectl --trace ARGS…` traces a command');
  return 0;
}

interface Remembered {
  readonly spans: readonly TraceSpan[];
  readonly missing: readonly string[];
  /** Why there are none. */
  readonly problem: string | undefined;
}

async function spansOf(folder: DataFolder, traceId: string): Promise<Remembered> {
  try {
    return { ...(await askDaemon(folder, { verb: 'spans', traceId })), problem: undefined };
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    return { spans: [], missing: [], problem: error.message };
  }
}

/** The lines that were written for a trace. Those that tell of a span are spans. */
function readLogs(
  folder: DataFolder,
  traceId: string,
): { readonly spans: TraceSpan[]; readonly lines: string[] } {
  const spans: TraceSpan[] = [];
  const lines: string[] = [];
  for (const record of logReader(folder.logs, []).read({ withTorn: true })) {
    if (record.traceId !== traceId) continue;
    const { span } = JSON.parse(record.line) as { readonly span?: Partial<TraceSpan> };
    if (record.message === 'span' && isSpan(span)) spans.push(span);
    else lines.push(record.line);
  }
  return { spans, lines };
}

function isSpan(span: Partial<TraceSpan> | undefined): span is TraceSpan {
  return (
    typeof span?.id === 'string' &&
    typeof span.actor === 'string' &&
    typeof span.name === 'string' &&
    typeof span.startedMs === 'number'
  );
}

async function printLines(lines: readonly string[]): Promise<void> {
  const { prettyFormat } = await import('../logs/pretty.js');
  const environment = process.stdout.isTTY ? process.env : { NO_COLOR: '1' };
  const show = prettyFormat(environment);
  print(`\n${lines.map(show).join('\n')}`);
}
