import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { ensurePki, kubeconfigText } from '../../src/daemon/pki/index.js';

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
