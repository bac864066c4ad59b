import { outcomeText, plainMs, timeline } from '../elections/index.js';
import type { ElectionRecord } from '../protocol/index.js';
import { wrapped } from './output.js';

/** `kubactor elections --explain TERM`: the whole story of a campaign, as lines. */
export function story(record: ElectionRecord): string[] {
  const { phases, candidate } = record;
  return [
    `term ${String(record.term)}: ${outcomeText(record)}`,
    ...fact('cause', `${record.cause}: ${record.causeDetail}`),
    ...fact(
      'at',
      `${record.electedAt}${record.complete ? '' : ' (not every replica has told what it saw)'}`,
    ),
    ...fact('detected', after(phases.detectMs, "the old leader's last sign of life")),
    ...fact('pre-vote', took(phases.preVoteMs)),
    ...fact('vote', took(phases.voteMs)),
    ...fact('first commit', after(phases.commitMs, 'the vote was won')),
    ...fact('first write', after(phases.firstWriteMs, 'the first commit')),
    ...fact(
      'no writes',
      record.unavailableMs === null ? '-' : `for ${plainMs(record.unavailableMs)}`,
    ),
    ...(record.attempts > 1 ? fact('attempts', String(record.attempts)) : []),
    ...record.votes.flatMap(({ voter, granted, reason }) =>
      fact(
        voter,
        `voted ${granted ? 'for' : 'against'} ${candidate} (${reason})${logOf(record, voter)}`,
      ),
    ),
    ...timelineOf(record),
  ];
}

function fact(name: string, text: string): string[] {
  const [first = '', ...rest] = wrapped(text, ' '.repeat(15));
  return [`  ${name.padEnd(12)} ${first.trimStart()}`, ...rest];
}

function took(ms: number | null): string {
  return ms === null ? '-' : plainMs(ms);
}

function after(ms: number | null, what: string): string {
  return ms === null ? '-' : `${plainMs(ms)} after ${what}`;
}

function logOf({ logs }: ElectionRecord, replica: string): string {
  const log = logs.find((position) => position.replica === replica);
  return log === undefined
    ? ''
    : `, its log to ${String(log.lastTerm)}/${String(log.lastIndex)}, committed ${String(log.commitIndex)}`;
}

const OFFSET_WIDTH = 11;

function timelineOf({ evidence }: ElectionRecord): string[] {
  if (evidence === undefined) return ['  The timeline of an election this old is not kept.'];
  const lines = timeline(evidence).flatMap(({ offsetMs, replica, text }) => {
    const head = `${signed(offsetMs).padStart(OFFSET_WIDTH)}  ${replica}  `;
    const [first = '', ...rest] = wrapped(text, ' '.repeat(head.length));
    return [`${head}${first.trimStart()}`, ...rest];
  });
  return ['', 'from the first try on:', ...lines];
}

function signed(ms: number): string {
  return ms <= -0.05 ? `-${plainMs(-ms)}` : `+${plainMs(Math.max(0, ms))}`;
}
