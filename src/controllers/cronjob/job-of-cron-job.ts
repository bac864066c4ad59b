import type { V1CronJob, V1Job } from '../../api/index.js';
import { nameOf, Resource } from '../../client/index.js';
import { referenceToController } from '../owners.js';
import { zonedTimestamp } from './schedule.js';

const SCHEDULED_KEY = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Of each time there is one job: its name is a lock. */
export function jobNameAt(cronJob: V1CronJob, scheduledMs: number): string {
  return `${nameOf(cronJob)}-${String(Math.floor(scheduledMs / 60_000))}`;
}

export function jobOfCronJob(cronJob: V1CronJob, scheduledMs: number): V1Job {
  const template = cronJob.spec.jobTemplate;
  return {
    metadata: {
      name: jobNameAt(cronJob, scheduledMs),
      namespace: cronJob.metadata?.namespace ?? '',
      labels: { ...template.metadata?.labels },
      annotations: {
        ...template.metadata?.annotations,
        [SCHEDULED_KEY]: zonedTimestamp(scheduledMs, cronJob.spec.timeZone),
      },
      ownerReferences: [referenceToController(Resource.cronjobs, cronJob)],
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  };
}
