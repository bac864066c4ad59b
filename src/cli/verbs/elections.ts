import { askDaemon, OperatingError, type DataFolder } from '../../daemon/index.js';
import type { ElectionRecord } from '../../protocol/index.js';
import { print, table } from '../output.js';

const FOLLOW_MS = 300;

export interface ElectionOptions {
  readonly json: boolean;
  readonly follow: boolean;
  /** The term as it was typed. */
  readonly explain: string | undefined;
}

/** `kubactor elections`: oldest first, so that the newest stands at the prompt. With `-o json` one object a line. */
export async function elections(folder: DataFolder, options: ElectionOptions): Promise<number> {
  const records = [...(await askDaemon(folder, { verb: 'elections' }))].reverse();
  if (options.explain !== undefined) return explain(records, options.explain, options.json);
  if (options.json) for (const record of records) print(JSON.stringify(record));
  else print(table(HEADER, records.map(row)));
  if (!options.follow) return 0;
  const seen = new Set(records.map(identity));
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    const now = [...(await askDaemon(folder, { verb: 'elections' }))].reverse();
    for (const record of now.filter((candidate) => !seen.has(identity(candidate)))) {
      seen.add(identity(record));
      print(options.json ? JSON.stringify(record) : sentence(record));
    }
  }
}

const HEADER = [
  'TERM',
  'LEADER',
  'CAUSE',
  'VOTES',
  'DETECT',
  'VOTE',
  'COMMIT',
  'NO WRITES',
  'AT',
  'WHY',
];

function row(record: ElectionRecord): string[] {
  const { phases } = record;
  const granted = record.votes.filter((vote) => vote.granted).length;
  return [
    String(record.term),
    record.leader ?? '(failed)',
    record.cause,
    `${granted}/${record.votes.length}`,
    ms(phases.detectMs),
    ms(sum(phases.preVoteMs, phases.voteMs)),
    ms(phases.commitMs),
    ms(record.unavailableMs),
    record.electedAt,
    record.causeDetail,
  ];
}

/** What happened, in one plain sentence. */
function sentence(record: ElectionRecord): string {
  const outcome =
    record.leader === null ? `${record.candidate} was not elected` : `${record.leader} leads`;
  const gap = record.unavailableMs === null ? '' : `, no writes for ${ms(record.unavailableMs)}`;
  return `${record.electedAt}  term ${record.term}: ${outcome} (${record.cause}: ${record.causeDetail})${gap}`;
}

function explain(records: readonly ElectionRecord[], text: string, json: boolean): number {
  if (!/^\d+$/.test(text)) throw new OperatingError(`--explain ${text}: expected a term`, 2);
  const term = Number(text);
  const found = records.filter((record) => record.term === term);
  if (found.length === 0)
    throw new OperatingError(
      `no election of term ${term} is on record; \`kubactor elections\` lists them`,
    );
  for (const record of found) {
    if (json) {
      print(JSON.stringify(record));
      continue;
    }
    const { phases } = record;
    print(sentence(record));
    print(`  detected     ${ms(phases.detectMs)} after the old leader's last sign of life`);
    print(`  pre-vote     ${ms(phases.preVoteMs)}`);
    print(`  vote         ${ms(phases.voteMs)}`);
    print(`  first commit ${ms(phases.commitMs)} after the vote was won`);
    for (const vote of record.votes)
      print(
        `  ${vote.voter.padEnd(12)} ${vote.granted ? 'voted for' : 'voted against'} ${record.candidate} (${vote.reason})`,
      );
  }
  return 0;
}

function identity(record: ElectionRecord): string {
  return `${record.term} ${record.candidate} ${record.electedAt}`;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

function ms(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ms`;
}
