import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import type { ConformanceName } from '../apiserver/conformance/registry.js';
import { Cluster, run, withoutKubectl } from './cluster.js';
import type { Output } from './cluster.js';
import { GOLDEN_FILES, GOLDEN_SECTIONS } from './kubectl-golden-commands.js';
import type { GoldenSection } from './kubectl-golden-commands.js';
import { kubectlBinary } from './kubectl-binary.js';
import { throughProxy } from './kubectl-proxy.js';

/**
 * The verbs of the real kubectl, of two versions at once against one cluster, beside what they print: `golden/kubectl-1.NN.txt`, which
 * `GOLDEN=write npm test -- kubectl-golden` writes anew (and is then read as code).
 */
const VERSIONS = [
  { minor: 30, node: 'node-1' },
  { minor: 35, node: 'node-2' },
] as const;
const golden = fileURLToPath(new URL('../../../test/e2e/golden/', import.meta.url));
const WRITES = process.env['GOLDEN'] === 'write';

/** One version of kubectl, in a namespace and a folder of its own. */
interface Client {
  readonly label: string;
  readonly binary: string;
  readonly folder: string;
  readonly namespace: string;
  readonly node: string;
  readonly env: Record<string, string>;
  /** The file of what it prints. */
  readonly file: string;
  /** What it is to print, by section. */
  readonly expected: ReadonlyMap<string, string>;
}

t.test(
  'the real kubectl prints what it prints elsewhere',
  { skip: withoutKubectl(), timeout: 300_000 },
  async (t) => {
    const cluster = new Cluster();
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-golden-'));
    t.teardown(async () => {
      await cluster.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    await cluster.start();
    const clients = await Promise.all(
      VERSIONS.map(({ minor, node }) => begin(cluster, folder, minor, node)),
    );
    const written = new Map(clients.map(({ file }) => [file, '']));
    for (const section of GOLDEN_SECTIONS)
      await t.test(section.title, (t) => compare(t, clients, section, written));
    if (WRITES) for (const [file, text] of written) writeFileSync(file, text);
    else for (const { file, label } of clients) t.equal(written.get(file), readGolden(file), label);

    const proxied = async (name: ConformanceName, flags: (own: string) => string[]) =>
      t.test(name, async (t) => {
        for (const { binary, folder: own, label } of clients) {
          const { line, body } = await throughProxy(binary, cluster.kubeconfig, flags(own));
          t.match(line, /^Starting to serve on (127\.0\.0\.1:\d+|\/.+\/proxy\.sock)$/, label);
          t.match(body, { kind: 'APIVersions', versions: ['v1'] }, label);
        }
      });
    await proxied(
      '[sig-cli] Kubectl client Proxy server should support proxy with --port 0',
      () => ['--port=0'],
    );
    await proxied(
      '[sig-cli] Kubectl client Proxy server should support --unix-socket=/path',
      (own) => [`--unix-socket=${path.join(own, 'proxy.sock')}`],
    );
  },
);

async function begin(
  cluster: Cluster,
  parent: string,
  minor: number,
  node: string,
): Promise<Client> {
  const namespace = `v1-${String(minor)}`;
  const folder = path.join(parent, namespace);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(GOLDEN_FILES)) {
    const own = text.replaceAll('NODE', node).replaceAll('NS', namespace);
    writeFileSync(path.join(folder, name), own, { mode: 0o755 });
  }
  const env = { KUBECONFIG: cluster.kubeconfig, KUBE_EDITOR: path.join(folder, 'edit.sh') };
  const binary = kubectlBinary(minor);
  const made = await run(binary, ['create', 'namespace', namespace], env);
  if (made.code !== 0) throw new Error(made.stderr);
  const file = path.join(golden, `kubectl-1.${String(minor)}.txt`);
  const expected = new Map<string, string>();
  for (const part of WRITES ? [] : readGolden(file).split(/^## /m)) {
    const [title = ''] = part.split('\n');
    expected.set(title, part.slice(title.length + 1));
  }
  return { label: `1.${String(minor)}`, binary, folder, namespace, node, env, file, expected };
}

function readGolden(file: string): string {
  return readFileSync(file, 'utf8');
}

/** All versions at once, one section after the other, so that none sees what another makes in a later one. */
async function compare(
  t: Test,
  clients: readonly Client[],
  { title, commands }: GoldenSection,
  written: Map<string, string>,
): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      let text = '';
      for (const line of commands) {
        const { code, stdout, stderr } = await command(client, line);
        text += `$ ${line.startsWith('sed ') ? '' : 'kubectl '}${line}\n`;
        text += masked(stdout + stderr, client);
        if (!text.endsWith('\n')) text += '\n';
        if (code !== 0) text += `(exit ${String(code)})\n`;
      }
      written.set(client.file, `${written.get(client.file) ?? ''}## ${title}\n${text}`);
      t.equal(text, WRITES ? text : client.expected.get(title), client.label);
    }),
  );
}

async function command(client: Client, line: string): Promise<Output> {
  const { folder, namespace, node, binary, env } = client;
  const own = line.replaceAll('NODE', node).replaceAll('NS', namespace);
  const [words = '', into] = own.split(' > ');
  const args = words
    .split(' ')
    .map((word) => (word.endsWith('.yaml') ? path.join(folder, word) : word.replaceAll('~', ' ')));
  if (args[0] === 'sed') return run('sed', args.slice(1));
  const output = await run(binary, ['-n', namespace, ...args], env);
  if (into === undefined) return output;
  writeFileSync(path.join(folder, into), output.stdout);
  return { ...output, stdout: '' };
}

/** Without what differs from run to run: times, ages, uids, versions of objects, ports, addresses, generated names. */
function masked(text: string, { folder, namespace }: Client): string {
  return (
    text
      // How far a rollout is when it is first looked at.
      .replace(/^Waiting for deployment .*\n/gm, '')
      .replaceAll(folder, 'FOLDER')
      .replaceAll(namespace, 'NS')
      .replace(/\bnode-[123]\b/g, 'NODE')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID')
      .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000)/g, 'TIME')
      .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME')
      .replace(/resourceVersion: "\d+"/g, 'resourceVersion: "N"')
      .replace(/Resource Version: +\d+/g, 'Resource Version:  N')
      .replace(/(\d{1,3}\.){3}\d{1,3}(:\d+)?/g, 'ADDRESS')
      .replace(/\/tmp\/[^\s"]+/g, 'FILE')
      .replace(/ +(\d+m\d+s|\d+[ms])(?= |$)/gm, ' AGE')
      .replace(/^(\d+m\d+s|\d+[ms])(?= )/gm, 'AGE')
      .replace(/[ ]{2,}/g, '  ')
      .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '-POD')
      .replace(/\bprimary-[a-z0-9]{5}\b/g, 'primary-POD')
      .replace(/\bweb-[a-z0-9]{8,10}\b/g, 'web-HASH')
  );
}
