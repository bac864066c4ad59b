import { Cron } from 'croner';

const NAME = /^backup-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z\.snapshot$/;

/** `backup-2026-11-27T053540Z.snapshot`: names sort by time. */
export function backupName(wallMs: number): string {
  return `backup-${new Date(wallMs).toISOString().slice(0, 19).replaceAll(':', '')}Z.snapshot`;
}

/** When the backups among these files were made, newest first. What has another name is none of ours. */
export function backupTimes(names: readonly string[]): number[] {
  return names
    .flatMap((name) => {
      const [, day, hour, minute, second] = NAME.exec(name) ?? [];
      return day === undefined ? [] : [Date.parse(`${day}T${hour}:${minute}:${second}Z`)];
    })
    .sort((a, b) => b - a);
}

/** The names that go, so that the newest `keep` stay. */
export function expiredBackups(names: readonly string[], keep: number): string[] {
  return backupTimes(names).slice(keep).map(backupName);
}

/**
 * When the next backup is due. One that was missed while no daemon ran is due now; a last one that lies in the future (the clock
 * was set back) counts as one of now.
 */
export function nextBackupMs(schedule: string, lastMs: number, nowMs: number): number {
  const after = Math.min(lastMs, nowMs);
  const next = new Cron(schedule, { paused: true }).nextRun(new Date(after));
  return Math.max(nowMs, next?.getTime() ?? Number.POSITIVE_INFINITY);
}

/** Why a text is no schedule that ever comes due; undefined: it is one. */
export function scheduleProblem(schedule: string): string | undefined {
  try {
    const next = new Cron(schedule, { paused: true }).nextRun();
    return next === null ? 'it never comes due' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}
