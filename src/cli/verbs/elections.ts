import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import { plainMs, sentence, shiviz } from '../../elections/index.js';
import type { ElectionRecord } from '../../protocol/index.js';
import { print, table, wrapped } from '../output.js';
import { story } from '../election-story.js';

const FOLLOW_MS = 300;
/** What is not explained by then is told as it is. */
const UNEXPLAINED_MS = 3_000;

export interface ElectionOptions {
  readonly json: boolean;
  readonly follow: boolean;
  /** The term as it was typed. */
  readonly explain: string | undefined;
  readonly export: string | undefined;
}

/** `kubactor elections`: oldest first, so that the newest stands at the prompt. With `-o json` one object a line. */
export async function elections(folder: DataFolder, options: ElectionOptions): Promise<number> {
  if (options.explain !== undefined) return explain(folder, options.explain, options);
  if (options.export !== undefined)
    throw new OperatingError('--export needs --explain TERM: one term is drawn at a time', 2);
  const records = await oldestFirst(folder);
  if (options.json) for (const record of records) print(JSON.stringify(record));
  else print(list(records));
  if (options.follow) await follow(folder, options.json, records);
  return 0;
}

async function oldestFirst(folder: DataFolder): Promise<ElectionRecord[]> {
  return [...(await askDaemon(folder, { verb: 'elections' }))].reverse();
}

/** Each once, as soon as its cause is final, or has been waited for long enough. */
async function follow(
  folder: DataFolder,
  json: boolean,
  printed: readonly ElectionRecord[],
): Promise<never> {
  const done = new Set(printed.map(({ id }) => id));
  const firstSeenMs = new Map<string, number>();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    const now = performance.now();
    for (const record of await oldestFirst(folder)) {
      const { id, complete } = record;
      if (done.has(id)) continue;
      const seenMs = firstSeenMs.get(id) ?? now;
      firstSeenMs.set(id, seenMs);
      if (!complete && now - seenMs < UNEXPLAINED_MS) continue;
      done.add(id);
      firstSeenMs.delete(id);
      print(json ? JSON.stringify(record) : `${record.electedAt}  ${sentence(record)}`);
    }
  }
}

const HEADER = ['TERM', 'LEADER', 'CAUSE', 'VOTES', 'NO WRITES', 'AT'];

/** A row for each, and its reason in a sentence below it. */
function list(records: readonly ElectionRecord[]): string {
  const [header = '', ...rows] = table(HEADER, records.map(row)).split('\n');
  const lines = records.flatMap((record, i) => [
    rows[i] ?? '',
    ...wrapped(record.causeDetail, '  '),
  ]);
  return [header, ...lines].join('\n');
}

function row(record: ElectionRecord): string[] {
  const granted = record.votes.filter((vote) => vote.granted).length;
  return [
    String(record.term),
    record.leader ?? `- (${record.candidate})`,
    record.cause,
    `${String(granted)}/${String(record.votes.length)}`,
    record.unavailableMs === null ? '-' : plainMs(record.unavailableMs),
    `${record.electedAt.slice(0, 19)}Z`,
  ];
}

async function explain(
  folder: DataFolder,
  text: string,
  options: ElectionOptions,
): Promise<number> {
  if (!/^\d+$/.test(text)) throw new OperatingError(`--explain ${text}: expected a term`, 2);
  if (options.export !== undefined && options.export !== 'shiviz')
    throw new OperatingError(`--export ${options.export}: known: shiviz`, 2);
  const records = await askDaemon(folder, { verb: 'election', term: Number(text) });
  if (records.length === 0)
    throw new OperatingError(
      `no election of term ${text} is on record; \`kubactor elections\` lists them`,
    );
  if (options.export === 'shiviz') print(exported(records, text));
  else
    for (const record of records)
      print(options.json ? JSON.stringify(record) : story(record).join('\n'));
  return 0;
}

/** ShiViz draws one execution: of the campaign that was won, or else of the last one. */
function exported(records: readonly ElectionRecord[], term: string): string {
  const chosen = records.find(({ leader }) => leader !== null) ?? records.at(-1);
  if (chosen?.evidence === undefined)
    throw new OperatingError(`the evidence of term ${term} is no longer kept`);
  return shiviz(chosen.evidence);
}
