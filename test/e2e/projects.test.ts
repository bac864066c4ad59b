import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Cluster, run, withoutKubectl } from './cluster.js';
import { kubectlBinary } from './kubectl-binary.js';
import { DEFINITIONS, OBJECTS } from './project-definitions.js';

const list = (items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

t.test(
  'definitions as well-known projects have them, by the real kubectl',
  { skip: withoutKubectl(), timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-projects-'));
    t.teardown(async () => {
      await cluster.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    const file = (name: string, content: string): string => {
      writeFileSync(path.join(folder, name), content, { mode: 0o755 });
      return path.join(folder, name);
    };
    const refuses = async (t: Test, args: readonly string[], why: RegExp): Promise<void> => {
      const { code, stderr } = await cluster.kubectl(...args);
      t.equal(code, 1);
      t.match(stderr, why);
    };
    await cluster.start();

    await t.test('definitions are applied twice, and established', async (t) => {
      const definitions = file('definitions.json', list(DEFINITIONS));
      const applied = await cluster.kubectlOk('apply', '--server-side', '-f', definitions);
      t.equal(applied.match(/serverside-applied/g)?.length, DEFINITIONS.length);
      await cluster.kubectlOk('wait', '--for=condition=Established', 'crd', '--all');
      const again = await cluster.kubectlOk('apply', '--server-side', '-f', definitions);
      t.equal(again.match(/serverside-applied/g)?.length, DEFINITIONS.length);
    });

    await t.test(
      'each of their versions has an APIService, for as long as it is served',
      async (t) => {
        await cluster.kubectlOk(
          'wait',
          '--for=create',
          'apiservice/v1beta1.networking.example.com',
        );
        const shown = await cluster.kubectlOk('get', 'apiservices');
        t.match(shown, /^v1\.certs\.example\.com +Local +True +\d+s$/m);
        t.match(shown, /^v1beta1\.networking\.example\.com +Local +True +\d+s$/m);
        const deleted = ['delete', 'apiservice', 'v1.certs.example.com'];
        await cluster.kubectlOk(...deleted);
        await cluster.kubectlOk('wait', '--for=create', 'apiservice/v1.certs.example.com');
      },
    );

    await t.test('objects are applied, and shown by their own columns', async (t) => {
      const objects = file('objects.json', list(OBJECTS));
      const applied = await cluster.kubectlOk('apply', '-f', objects);
      t.equal(applied.match(/ created/g)?.length, OBJECTS.length);
      const again = await cluster.kubectlOk('apply', '-f', objects);
      t.equal(again.match(/ unchanged/g)?.length, OBJECTS.length, again);
      const shown = await cluster.kubectlOk('get', 'projects');
      t.match(shown, /NAME +READY +SECRET +AGE\ncertificate\.certs\.example\.com\/web +web-tls /);
      t.match(shown, /NAME +SYNC STATUS +HEALTH STATUS\napplication\.argo\.example\.com\/shop /);
      t.match(shown, /prometheus\.monitoring\.example\.com\/main +v3\.1\.0 +2 /);
      t.match(shown, /virtualservice\.networking\.example\.com\/web +\["web\.example\.com"\] /);
      t.match(shown, /NAME +URL +LATESTREADY +READY\nservice\.serving\.example\.com\/hello /);
      const values = 'jsonpath={.spec.sources[0].helm.valuesObject.image.tag}';
      t.equal(await cluster.kubectlOk('get', 'apps.argo.example.com', 'shop', '-o', values), '1.2');
      const other = ['get', 'virtualservices.v1.networking.example.com', 'web', '-o', 'yaml'];
      t.match(await cluster.kubectlOk(...other), /^apiVersion: networking\.example\.com\/v1\n/);
      const defaulted = ['get', 'prom', 'main', '-o', 'jsonpath={.spec.scrapeInterval}'];
      t.equal(await cluster.kubectlOk(...defaulted), '30s');
    });

    await t.test('explain knows each field, however deep', async (t) => {
      const [certificate, probe, service] = await Promise.all([
        cluster.kubectlOk('explain', 'certificate.spec.duration'),
        cluster.kubectlOk(
          'explain',
          'prometheus.spec.podTemplate.spec.containers.readinessProbe.httpGet',
        ),
        cluster.kubectlOk(
          'explain',
          'vs.spec.http.route',
          '--api-version=networking.example.com/v1beta1',
        ),
      ]);
      t.match(certificate, 'How long a certificate is valid.');
      t.match(probe, /port\t<[^>]*> -required-/);
      t.match(service, /VERSION: +v1beta1[^]*weight\t<integer>/);
    });

    await t.test('rules and schemas refuse what is wrong, in Kubernetes’ words', async (t) => {
      const patch = (what: string, spec: object) =>
        ['patch', ...what.split(' '), '--type=merge', '-p', JSON.stringify({ spec })] as const;
      await refuses(
        t,
        patch('certificate web', { renewBefore: '9000h' }),
        /spec: Invalid value: .*renewBefore has to be shorter than duration/,
      );
      await refuses(
        t,
        patch('vs web', {
          http: [
            {
              route: [
                { destination: { host: 'a' }, weight: 1 },
                { destination: { host: 'b' }, weight: 2 },
              ],
            },
          ],
        }),
        /spec\.http\[0\]: Invalid value: .*the weights have to add up to 100/,
      );
      await refuses(
        t,
        patch('prom main', { retention: 'long' }),
        /spec\.retention: Invalid value: "long": spec\.retention in body should match/,
      );
      await refuses(
        t,
        ['patch', 'cert', 'web', '--type=merge', '-p', '{"spec":{"issuerRef":null}}'],
        /spec\.issuerRef: Required value/,
      );
    });

    await t.test('an editor changes an object, and a definition', async (t) => {
      const editor = (name: string, from: string, to: string): string =>
        file(name, `#!/bin/sh\nexec sed -i 's/${from}/${to}/' "$1"\n`);
      const edit = (script: string, ...args: string[]) =>
        run(kubectlBinary(35), ['edit', ...args], {
          KUBECONFIG: cluster.kubeconfig,
          KUBE_EDITOR: script,
        });
      const version = editor('version.sh', 'v3.1.0', 'v3.2.0');
      const edited = await edit(version, 'prom', 'main');
      t.match(edited, { code: 0, stdout: 'prometheus.monitoring.example.com/main edited\n' });
      const shown = ['get', 'prom', 'main', '-o', 'jsonpath={.spec.version}'];
      t.equal(await cluster.kubectlOk(...shown), 'v3.2.0');
      const column = await edit(
        editor('column.sh', 'name: Desired', 'name: Wanted'),
        'crd',
        'prometheuses.monitoring.example.com',
      );
      t.equal(column.code, 0, column.stderr);
      t.match(await cluster.kubectlOk('get', 'prom'), /NAME +VERSION +WANTED +AGE/);
    });

    await t.test('objects are deleted, and definitions with what is left of theirs', async (t) => {
      await cluster.kubectlOk('delete', 'certs,apps.argo.example.com', '--all');
      const names = DEFINITIONS.map(
        (each) => (each as { metadata: { name: string } }).metadata.name,
      );
      const deleted = await cluster.kubectlOk('delete', 'crd', ...names);
      t.equal(deleted.match(/ deleted/g)?.length, DEFINITIONS.length);
      await refuses(t, ['get', 'prom'], /the server could not find the requested resource/);
      await cluster.kubectlOk('wait', '--for=delete', 'apiservice/v1.certs.example.com');
    });
  },
);
