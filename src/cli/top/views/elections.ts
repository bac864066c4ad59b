import type { ElectionRecord } from '../../../protocol/index.js';
import { fittedTable, type Column } from '../fitted-table.js';
import { selectedIndex, type TopModel } from '../model.js';
import { line, styled, type Line } from '../styled-line.js';

export const ELECTION_COLUMNS: readonly Column<ElectionRecord>[] = [
  { title: 'TERM', rank: 0, align: 'right', cell: ({ term }) => String(term) },
  {
    title: 'LEADER',
    rank: 0,
    cell: ({ leader }) => leader ?? '(failed)',
    style: ({ leader }) => (leader === null ? 'warn' : undefined),
  },
  { title: 'CAUSE', rank: 0, cell: ({ cause }) => cause },
  {
    title: 'VOTES',
    rank: 1,
    cell: ({ votes }) => `${votes.filter(({ granted }) => granted).length}/${votes.length}`,
  },
  {
    title: 'NO WRITES',
    rank: 0,
    align: 'right',
    cell: ({ unavailableMs }) => milliseconds(unavailableMs),
  },
  { title: 'AT', rank: 2, cell: ({ electedAt }) => electedAt.replace(/\.\d+Z$/, 'Z') },
  { title: 'WHY', rank: 3, cell: ({ causeDetail }) => causeDetail },
];

/** Rows that tell of the selected election what no table has room for. */
const DETAIL_ROWS_MAX = 9;

/** Newest first; the selected one is told in full below. */
export function electionsView(model: TopModel, width: number, height: number): Line[] {
  const records = model.sample?.elections ?? [];
  const selected = selectedIndex(model);
  const record = selected === undefined ? undefined : records[selected];
  const detail = record === undefined ? [] : story(record, width).slice(0, DETAIL_ROWS_MAX);
  const table = fittedTable(ELECTION_COLUMNS, records, {
    width,
    height: Math.max(2, height - detail.length - 1),
    selected,
  });
  return [...table, [], ...detail];
}

function story(record: ElectionRecord, width: number): Line[] {
  const { phases } = record;
  const outcome =
    record.leader === null ? `${record.candidate} was not elected` : `${record.leader} leads`;
  return [
    line(styled('strong', `  term ${record.term}: ${outcome}, ${record.cause}`)),
    ...wrapped(record.causeDetail, width - 2).map((text) => line(`  ${text}`)),
    line(
      `  detected ${milliseconds(phases.detectMs)}  pre-vote ${milliseconds(phases.preVoteMs)}`,
      `  vote ${milliseconds(phases.voteMs)}  first commit ${milliseconds(phases.commitMs)}`,
    ),
    ...record.votes.map(({ voter, granted, reason }) =>
      line(
        styled(
          granted ? undefined : 'warn',
          `  ${voter} voted ${granted ? 'for' : 'against'} ${record.candidate} (${reason})`,
        ),
      ),
    ),
  ];
}

/** Broken at blanks. */
function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) rows.push(word);
    else rows[rows.length - 1] = `${last} ${word}`;
  }
  return rows;
}

function milliseconds(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ms`;
}
