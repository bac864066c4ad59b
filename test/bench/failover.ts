import { failoverOverHttps } from './failover-https.js';
import { failoverOverMessages } from './failover-messages.js';
import type { LeaderKills } from './leader-kills.js';
import { alone, percentile, type Row } from './report.js';

/** Kills the store's leader again and again under an open loop of one write a millisecond: how long is there no write? */
export async function run(times = 200): Promise<readonly Row[]> {
  const overMessages = await failoverOverMessages(times);
  const overHttps = await failoverOverHttps(times);
  return [...rows('messages', overMessages), ...rows('HTTPS', overHttps)];
}

function rows(
  over: string,
  { gapsMs, quietMs, acknowledged, refused, seconds }: LeaderKills,
): Row[] {
  return [
    alone(
      `write gap over ${over}, p50 of ${gapsMs.length} leader kills`,
      'ms',
      percentile(gapsMs, 0.5),
    ),
    alone(`write gap over ${over}, p99`, 'ms', percentile(gapsMs, 0.99)),
    alone(`write gap over ${over}, worst`, 'ms', percentile(gapsMs, 1)),
    alone(
      `longest gap without a kill over ${over}, p50 of ${quietMs.length} windows`,
      'ms',
      percentile(quietMs, 0.5),
    ),
    alone(`acknowledged writes over ${over}`, '/s', acknowledged / seconds),
    alone(`refused writes over ${over}`, 'writes', refused),
  ];
}
