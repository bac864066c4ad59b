import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { OperatingError, type DataFolder } from '../../daemon/index.js';
import { complain } from '../output.js';

/** `kubactor kubectl ARGS…`: the kubectl on the PATH, with the admin's kubeconfig. */
export function kubectl(
  folder: DataFolder,
  args: readonly string[],
  options: { readonly trace: boolean },
): number {
  if (!existsSync(folder.kubeconfig))
    throw new OperatingError(
      `no kubeconfig in ${folder.root}: start a cluster first, with \`kubactor start\``,
    );
  const traceId = options.trace ? randomBytes(16).toString('hex') : undefined;
  const { status, error } = spawnSync(
    'kubectl',
    traceId === undefined ? args : ['--server', tracedServer(folder, traceId), ...args],
    { stdio: 'inherit', env: { ...process.env, KUBECONFIG: folder.kubeconfig } },
  );
  if (error === undefined) {
    if (traceId !== undefined) complain(`traced: \`kubactor trace ${traceId}\``);
    return status ?? 1;
  }
  throw new OperatingError(
    `no kubectl on the PATH (${error.message}). Install it from your system's packages, or from https://kubernetes.io/docs/tasks/tools/`,
  );
}

/** kubectl can set no header; a path before that of the API it can, and the gateway takes it off again. */
function tracedServer(folder: DataFolder, traceId: string): string {
  const { clusters } = parse(readFileSync(folder.kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  };
  return `${clusters[0]?.cluster.server ?? ''}/.trace/${traceId}`;
}
