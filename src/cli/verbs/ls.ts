import { askDaemon, dataFolder, knownClusters, OperatingError } from '../../daemon/index.js';
import { readiness } from './inspect.js';
import { print, printJson, table } from '../output.js';

interface ClusterLine {
  /** Null: the one without a name. */
  readonly name: string | null;
  readonly state: string;
  readonly pid: number | null;
  readonly url: string | null;
  readonly folder: string;
}

/** `kubactor ls`: the clusters whose data is in this user's state folder. Those with a `--data-dir` of their own are not known. */
export async function ls({ json }: { readonly json: boolean }): Promise<number> {
  const lines = await Promise.all(
    knownClusters(process.env).map(({ name, root }) => lineOf(name, root)),
  );
  if (json) printJson(lines);
  else
    print(
      table(
        ['NAME', 'STATE', 'PID', 'API SERVER', 'DATA FOLDER'],
        lines.map(({ name, state, pid, url, folder }) => [
          name ?? '-',
          state,
          String(pid ?? '-'),
          url ?? '-',
          folder,
        ]),
      ),
    );
  return 0;
}

async function lineOf(name: string | null, root: string): Promise<ClusterLine> {
  try {
    const status = await askDaemon(dataFolder(root), { verb: 'status' });
    const { pid, apiServer } = status;
    return { name, state: readiness(status), pid, url: apiServer.url, folder: root };
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error;
    return { name, state: 'stopped', pid: null, url: null, folder: root };
  }
}
