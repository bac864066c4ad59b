import { actorId } from '../../base/index.js';
import type { ChildSpec } from '../../actor/index.js';
import type { ThreadActorSystem } from '../../io/thread/index.js';
import type { AdminReport, AdminTask, MemberAdminConfig } from '../../store/index.js';
import { CLUSTER, MEMBER_ADMIN } from '../../topology/index.js';
import { OperatingError } from '../failure.js';

const PATIENCE_MS = 4000;
const REPORT_TIMEOUT_MS = 1000;

/** Has an actor of its own ask the store, waits for its report, and takes it away. One at a time. */
export async function runErrand(system: ThreadActorSystem, task: AdminTask): Promise<AdminReport> {
  const replicas = system
    .actors()
    .filter(({ component }) => component === 'store')
    .map(({ id }) => actorId(id));
  const config: MemberAdminConfig = { replicas, task, patienceMs: PATIENCE_MS };
  const spec: ChildSpec = {
    id: MEMBER_ADMIN,
    component: MEMBER_ADMIN,
    entry: MEMBER_ADMIN,
    config,
    links: replicas,
    restart: 'temporary',
    kind: 'worker',
    shutdownMs: 1000,
    startTimeoutMs: 60_000,
    stallMs: 30_000,
    heapMbMax: 256,
  };
  const started = await system.startChild(CLUSTER, spec);
  if (!started.ok) throw new OperatingError(`the store was not asked: ${started.error.message}`);
  const reported = await system.report(MEMBER_ADMIN, REPORT_TIMEOUT_MS);
  await system.terminateChild(CLUSTER, MEMBER_ADMIN);
  system.deleteChild(CLUSTER, MEMBER_ADMIN);
  if (!reported.ok) throw new OperatingError(`the store was not asked: ${reported.error.message}`);
  return reported.value as AdminReport;
}
