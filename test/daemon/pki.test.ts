import { X509Certificate } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import {
  ensurePki,
  ensureTokenKey,
  keepPkiFresh,
  kubeconfigText,
  tokenKeyFile,
  type ClusterPki,
} from '../../src/daemon/pki/index.js';

t.test('keys are made once, kept, and renewed only where they no longer serve', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-pki-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const first = await ensurePki(folder, ['localhost', '127.0.0.1']);
  t.same(await ensurePki(folder, ['localhost', '127.0.0.1']), first);

  await t.test('the certificates are what Kubernetes expects', async (t) => {
    const [ca, serving, admin] = [first.ca, first.serving, first.admin].map(
      ({ certificate }) => new X509Certificate(certificate),
    );
    t.ok(ca?.ca && serving?.verify(ca.publicKey) && admin?.verify(ca.publicKey));
    t.equal(serving?.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1');
    t.equal(admin?.subject, 'O=system:masters\nCN=kubernetes-admin');
  });

  await t.test('files are for their owner only', async (t) => {
    t.same(
      readdirSync(folder).map((name) => statSync(path.join(folder, name)).mode & 0o777),
      Array.from({ length: 6 }, () => 0o600),
    );
  });

  await t.test('another name makes another serving certificate, of the same CA', async (t) => {
    const second = await ensurePki(folder, ['localhost', '127.0.0.1', 'kube.example']);
    t.same([second.ca, second.admin], [first.ca, first.admin]);
    t.not(second.serving.certificate, first.serving.certificate);
  });

  await t.test('the kubeconfig holds all that a client needs', async (t) => {
    const config = parse(kubeconfigText('https://127.0.0.1:1', first)) as {
      clusters: { cluster: { server: string } }[];
      'current-context': string;
    };
    t.match(config, {
      clusters: [{ cluster: { server: 'https://127.0.0.1:1' } }],
      'current-context': 'kubactor',
    });
  });
});

const DAY_MS = 86_400_000;

t.test('what nears its end is renewed at run time, by the same CA', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-pki-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const first = await ensurePki(folder, ['localhost']);
  let nowMs = Date.now();
  let look: () => void = () => undefined;
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const written: ClusterPki[] = [];
  const pending: Promise<ClusterPki>[] = [];
  const end = keepPkiFresh(first, {
    log: { debug: note, info: note, warn: note, error: note },
    ensure: () => {
      const now = ensurePki(folder, ['localhost'], nowMs);
      pending.push(now);
      return now;
    },
    adminRenewed: (pki) => written.push(pki),
    every: (_periodMs, callback) => {
      look = callback;
      return () => undefined;
    },
  });
  const looked = async (): Promise<void> => {
    look();
    await pending.at(-1)?.catch(() => undefined);
    await new Promise(setImmediate);
  };
  await looked();
  t.same([lines, written], [[], []], 'young ones stay');
  nowMs += 340 * DAY_MS;
  await looked();
  t.same(lines, ['certificates renewed']);
  t.equal(written.length, 1);
  t.equal(written[0]?.ca.certificate, first.ca.certificate);
  t.not(written[0]?.serving.certificate, first.serving.certificate);
  rmSync(folder, { recursive: true });
  await looked();
  t.same(lines.slice(1), ['certificates not renewed'], 'a failure is told, and tried again');
  end();
});

t.test('a certificate whose key is another one is made anew', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-pki-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const first = await ensurePki(folder, ['localhost']);
  cpSync(path.join(folder, 'admin.key'), path.join(folder, 'apiserver.key'));
  const second = await ensurePki(folder, ['localhost']);
  t.same([second.ca, second.admin], [first.ca, first.admin]);
  t.not(second.serving.certificate, first.serving.certificate);
  t.equal(readFileSync(path.join(folder, 'apiserver.key'), 'utf8'), second.serving.privateKey);
});

t.test('the key of tokens is made once, and anew only where it is none', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-sa-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = tokenKeyFile(folder);
  ensureTokenKey(folder);
  const first = readFileSync(file, 'utf8');
  t.match(first, /^-----BEGIN PRIVATE KEY-----/);
  t.equal(statSync(file).mode & 0o777, 0o600);
  ensureTokenKey(folder);
  t.equal(readFileSync(file, 'utf8'), first);
  writeFileSync(file, 'half a key');
  ensureTokenKey(folder);
  t.match(readFileSync(file, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  t.end();
});
