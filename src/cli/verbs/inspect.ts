import { askDaemon, type ClusterStatus, type DataFolder } from '../../daemon/index.js';
import { duration, mebibytes, print, printJson, table } from '../output.js';

export interface OutputOptions {
  readonly json: boolean;
}

/** `kubactor status`. Exit 1 where the cluster is not ready. */
export async function status(folder: DataFolder, { json }: OutputOptions): Promise<number> {
  const found = await askDaemon(folder, { verb: 'status' });
  if (json) printJson(found);
  else print(statusText(found));
  return found.ready ? 0 : 1;
}

function statusText(found: ClusterStatus): string {
  const up = found.actors.filter((actor) => actor.state === 'running').length;
  const lines = [
    `${found.ready ? 'ready' : 'not ready'}   kubactor ${found.version}, pid ${found.pid}, up ${duration(found.process.uptimeMs)}, ${mebibytes(found.process.rssBytes)}`,
    `API server   ${found.apiServer.url}`,
    `kubeconfig   ${found.kubeconfig}`,
    `store        leader ${found.store.leader ?? 'none'}, term ${found.store.term}, commit index ${found.store.commitIndex}`,
    `actors       ${up} of ${found.actors.length} running`,
    `nodes        ${found.nodes.ready} of ${found.nodes.total} ready`,
    `pods         ${found.pods.ready} of ${found.pods.total} ready`,
    ...backupLine(found.backups),
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

function backupLine(backups: ClusterStatus['backups']): string[] {
  if (backups === null) return [];
  const { folder, lastAt, nextAt, problem } = backups;
  const failed = problem === null ? '' : `; the last try failed: ${problem}`;
  return [
    `backups      last ${lastAt ?? 'none'}, next ${nextAt ?? 'never'}, in ${folder}${failed}`,
  ];
}
