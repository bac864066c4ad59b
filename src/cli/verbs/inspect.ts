import { askDaemon, type ClusterStatus, type DataFolder } from '../../daemon/index.js';
import { duration, mebibytes, print, printJson, table } from '../output.js';

export interface OutputOptions {
  readonly json: boolean;
}

const DEGRADED_EXIT_CODE = 3;

/** `kubactor status`. Exit 1 where the cluster is not ready, 3 where it is but something of it is missing. */
export async function status(folder: DataFolder, { json }: OutputOptions): Promise<number> {
  const found = await askDaemon(folder, { verb: 'status' });
  if (json) printJson(found);
  else print(statusText(found));
  if (!found.ready) return 1;
  return found.degraded.length > 0 ? DEGRADED_EXIT_CODE : 0;
}

function statusText(found: ClusterStatus): string {
  const up = found.actors.filter((actor) => actor.state === 'running').length;
  const lines = [
    `${readiness(found)}   kubactor ${found.version}, pid ${found.pid}, up ${duration(found.process.uptimeMs)}, ${mebibytes(found.process.rssBytes)}`,
    `API server   ${found.apiServer.url}`,
    `kubeconfig   ${found.kubeconfig}`,
    `store        leader ${found.store.leader ?? 'none'}, term ${found.store.term}, commit index ${found.store.commitIndex}`,
    `actors       ${up} of ${found.actors.length} running`,
    `nodes        ${found.nodes.ready} of ${found.nodes.total} ready`,
    `pods         ${found.pods.ready} of ${found.pods.total} ready`,
    ...backupLine(found.backups),
    ...found.degraded.map((reason, i) => `${i === 0 ? 'degraded' : '        '}     ${reason}`),
    '',
  ];
  const rows = found.store.replicas.map((replica) => [
    replica.id,
    replica.role ?? '-',
    replica.state,
    String(replica.term),
    String(replica.lastIndex),
    String(replica.appliedIndex),
  ]);
  const problems = found.store.replicas.flatMap(({ id, problem }) =>
    problem === null ? [] : [`\n${id}: ${problem}`],
  );
  return [
    lines.join('\n'),
    table(['REPLICA', 'ROLE', 'STATE', 'TERM', 'LAST INDEX', 'APPLIED'], rows),
    ...problems,
  ].join('');
}

export function readiness({ ready, degraded }: ClusterStatus): string {
  if (!ready) return 'not ready';
  return degraded.length > 0 ? 'ready, degraded' : 'ready';
}

function backupLine(backups: ClusterStatus['backups']): string[] {
  if (backups === null) return [];
  const { folder, lastAt, nextAt, problem } = backups;
  const failed = problem === null ? '' : `; the last try failed: ${problem}`;
  return [
    `backups      last ${lastAt ?? 'none'}, next ${nextAt ?? 'never'}, in ${folder}${failed}`,
  ];
}
