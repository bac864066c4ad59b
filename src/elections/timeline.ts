import type { ElectionEvidence } from '../protocol/index.js';
import { eventText } from './event-text.js';

export interface TimelineLine {
  /** From the first attempt of the campaign on; before it negative. */
  readonly offsetMs: number;
  readonly replica: string;
  readonly text: string;
}

/** What all replicas saw, in one order of time: they share a clock. */
export function timeline({ campaign, witnesses }: ElectionEvidence): TimelineLine[] {
  const lines = witnesses.flatMap(({ replica, events }) =>
    events.map((event) => ({
      offsetMs: event.atMs - campaign.startedMs,
      replica,
      text: eventText(event),
    })),
  );
  if (campaign.silentSinceMs !== null)
    lines.push({
      offsetMs: campaign.silentSinceMs - campaign.startedMs,
      replica: campaign.candidate,
      text: `has the last sign of life of ${campaign.leaderBefore?.leader ?? 'a leader'}`,
    });
  return lines.sort((a, b) => a.offsetMs - b.offsetMs);
}
