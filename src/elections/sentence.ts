import type { ElectionRecord } from '../protocol/index.js';
import { plainMs } from './plain-ms.js';

/** Who leads now, or what came of the campaign. */
export function outcomeText(record: ElectionRecord): string {
  if (record.leader !== null) return `${record.leader} leads`;
  switch (record.outcome) {
    case 'ended-in-pre-vote':
      return `${record.candidate} asked in vain whether it could win`;
    case 'running':
      return `${record.candidate} asks for votes`;
    case 'elected':
    case 'not-elected':
      return record.splitVote
        ? `${record.candidate} was not elected, the votes were split`
        : `${record.candidate} was not elected`;
  }
}

/** What happened, in one plain sentence. */
export function sentence(record: ElectionRecord): string {
  const gap =
    record.unavailableMs === null || record.leader === null
      ? ''
      : `, no writes for ${plainMs(record.unavailableMs)}`;
  return `term ${String(record.term)}: ${outcomeText(record)} (${record.cause}: ${record.causeDetail})${gap}`;
}
