import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { OperatingError, type DataFolder } from '../../daemon/index.js';

/** `kubactor kubectl ARGS…`: the kubectl on the PATH, with the admin's kubeconfig. */
export function kubectl(folder: DataFolder, args: readonly string[]): number {
  if (!existsSync(folder.kubeconfig))
    throw new OperatingError(
      `no kubeconfig in ${folder.root}: start a cluster first, with \`kubactor start\``,
    );
  const { status, error } = spawnSync('kubectl', args, {
    stdio: 'inherit',
    env: { ...process.env, KUBECONFIG: folder.kubeconfig },
  });
  if (error === undefined) return status ?? 1;
  throw new OperatingError(
    `no kubectl on the PATH (${error.message}). Install it from your system's packages, or from https://kubernetes.io/docs/tasks/tools/`,
  );
}
