import type { ElectionEvidence } from '../protocol/index.js';
import { eventsOf } from './events-of.js';

/** When the campaign ended: by the candidate's account, or with its life. Null: it goes on, as far as is known. */
export function endOf({ campaign, witnesses }: ElectionEvidence): number | null {
  if (campaign.endedMs !== null) return campaign.endedMs;
  const deaths = eventsOf(witnesses, 'saw-death').filter(
    ({ of, atMs }) => of === campaign.candidate && atMs >= campaign.startedMs,
  );
  return deaths[0]?.atMs ?? null;
}
