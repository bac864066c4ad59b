import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { KUBACTOR, run, type Output } from '../e2e/cluster.js';

const root = mkdtempSync(path.join(tmpdir(), 'kubactor-kubeconfig-'));
t.teardown(() => {
  rmSync(root, { recursive: true });
});
const dataDir = path.join(root, 'data');
mkdirSync(dataDir);
const named = (name: string, server: string) => ({
  clusters: [{ name, cluster: { server } }],
  users: [{ name, user: {} }],
  contexts: [{ name, context: { cluster: name, user: name } }],
});
writeFileSync(
  path.join(dataDir, 'kubeconfig.yaml'),
  stringify({ ...named('kubactor', 'https://new'), 'current-context': 'kubactor' }),
);

const merge = (environment: Record<string, string>): Promise<Output> =>
  run(process.execPath, [KUBACTOR, 'kubeconfig', '--merge', '--data-dir', dataDir], environment);

t.test('--merge replaces what has our names, and keeps all else', async (t) => {
  const file = path.join(root, 'merged.yaml');
  const theirs = named('work', 'https://work');
  const old = named('kubactor', 'https://old');
  writeFileSync(
    file,
    stringify({
      'current-context': 'work',
      preferences: { colors: true },
      clusters: [...theirs.clusters, ...old.clusters],
      users: theirs.users,
    }),
  );
  const { code, stdout } = await merge({ KUBECONFIG: `${file}${path.delimiter}/nowhere` });
  t.match({ code, stdout }, { code: 0, stdout: `merged into ${file}` });
  t.match(parse(readFileSync(file, 'utf8')), {
    'current-context': 'kubactor',
    preferences: { colors: true },
    clusters: [
      { name: 'work', cluster: { server: 'https://work' } },
      { name: 'kubactor', cluster: { server: 'https://new' } },
    ],
    users: [{ name: 'work' }, { name: 'kubactor' }],
    contexts: [{ name: 'kubactor' }],
  });
});

t.test('--merge takes an empty KUBECONFIG for none, as kubectl does', async (t) => {
  const home = path.join(root, 'home');
  const { code } = await merge({ KUBECONFIG: '', HOME: home });
  t.equal(code, 0);
  t.match(parse(readFileSync(path.join(home, '.kube/config'), 'utf8')), {
    'current-context': 'kubactor',
  });
});

t.test('--merge leaves a file alone that it cannot read', async (t) => {
  const file = path.join(root, 'broken.yaml');
  writeFileSync(file, 'clusters: [\n');
  const { code, stderr } = await merge({ KUBECONFIG: file });
  t.equal(code, 1);
  t.match(stderr, /^kubactor: .*broken\.yaml is left as it is, since it cannot be read: .+\n$/);
  t.equal(readFileSync(file, 'utf8'), 'clusters: [\n');
});
