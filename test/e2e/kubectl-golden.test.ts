import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import { Cluster, run, withoutKubectl } from './cluster.js';
import { GOLDEN_COMMANDS, GOLDEN_FILES } from './kubectl-golden-commands.js';
import { kubectlBinary } from './kubectl-binary.js';

/**
 * The verbs of the real kubectl, of two versions at once against one cluster, beside what they print: `golden/kubectl-1.NN.txt`, which
 * `GOLDEN=write npm test -- kubectl-golden` writes anew (and is then read as code).
 */
const VERSIONS = [30, 35] as const;
const golden = fileURLToPath(new URL('../../../test/e2e/golden/', import.meta.url));

t.test(
  'the real kubectl prints what it prints elsewhere',
  { skip: withoutKubectl(), timeout: 180_000 },
  async (t) => {
    const cluster = new Cluster();
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-golden-'));
    t.teardown(async () => {
      await cluster.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    for (const [name, text] of Object.entries(GOLDEN_FILES))
      writeFileSync(path.join(folder, name), text, { mode: 0o755 });
    await cluster.start();
    await Promise.all(VERSIONS.map((minor) => compare(t, cluster, folder, minor)));
  },
);

async function compare(t: Test, cluster: Cluster, folder: string, minor: number): Promise<void> {
  const namespace = `v1-${String(minor)}`;
  const binary = kubectlBinary(minor);
  const env = { KUBECONFIG: cluster.kubeconfig, KUBE_EDITOR: path.join(folder, 'edit.sh') };
  const kubectl = (args: readonly string[]) => run(binary, ['-n', namespace, ...args], env);
  const made = await kubectl(['create', 'namespace', namespace]);
  if (made.code !== 0) throw new Error(made.stderr);
  let text = '';
  for (const line of GOLDEN_COMMANDS) {
    const args = line
      .split(' ')
      .map((word) =>
        word in GOLDEN_FILES
          ? path.join(folder, word)
          : word.replaceAll('NS', namespace).replaceAll('~', ' '),
      );
    const { code, stdout, stderr } = await kubectl(args);
    text += `$ kubectl ${line}\n${masked(stdout + stderr, folder, namespace)}`;
    if (code !== 0) text += `(exit ${String(code)})\n`;
  }
  const file = path.join(golden, `kubectl-1.${String(minor)}.txt`);
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, text);
  }
  t.equal(text, readFileSync(file, 'utf8'), `kubectl 1.${String(minor)}`);
}

/** Without what differs from run to run: times, ages, uids, versions of objects, ports, addresses, generated names. */
function masked(text: string, folder: string, namespace: string): string {
  return (
    text
      // How far a rollout is when it is first looked at.
      .replace(/^Waiting for deployment .*\n/gm, '')
      .replaceAll(folder, 'FOLDER')
      .replaceAll(namespace, 'NS')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
      .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME')
      .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "N"')
      .replace(/(\d{1,3}\.){3}\d{1,3}(:\d+)?/g, 'ADDRESS')
      .replace(/\/tmp\/[^\s"]+/g, 'FILE')
      .replace(/ +\d+m?\d*s$/gm, ' AGE')
      .replace(/ +\d+m?\d*s +/g, ' AGE ')
      .replace(/[ ]{2,}/g, '  ')
      .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '-POD')
  );
}
