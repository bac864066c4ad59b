import { createServer, type Server } from 'node:https';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { issueAuthority, issueServing } from '../../src/daemon/pki/issue.js';
import { Cluster, eventually, withoutKubectl } from './cluster.js';

const skip = withoutKubectl();
const text = { type: 'string' };

interface Widget {
  readonly hostPort?: string;
  readonly host?: string;
  readonly port?: string;
}
interface Review {
  readonly request: { uid: string; desiredAPIVersion: string; objects: Widget[] };
}

interface Hook {
  readonly server: Server;
  readonly url: string;
  readonly caBundle: string;
  /** Runs before each answer. */
  before: () => Promise<void>;
}

/** A conversion webhook on this machine: v1 has `hostPort`, v2 has `host` and `port`. */
async function startHook(): Promise<Hook> {
  const ca = await issueAuthority();
  const { certificate, privateKey } = await issueServing(ca, ['127.0.0.1']);
  const hook = { before: () => Promise.resolve() };
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const converts = request.url?.startsWith('/convert') === true;
      const mutates = request.url?.startsWith('/Mutating') === true;
      const answered = (): object =>
        converts ? answer(review as Review) : admit(review as Admission, mutates);
      void hook.before().then(() => response.end(JSON.stringify(answered())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(ca.certificate).toString('base64');
  return Object.assign(hook, {
    server,
    caBundle,
    url: `https://127.0.0.1:${String(port)}/convert`,
  });
}

interface Admission {
  readonly request: { uid: string; object: { metadata: { name: string } } };
}

/** A ConfigMap called `refused` is; any other is written into. */
function admit({ request, ...review }: Admission, mutates: boolean): object {
  const { uid, object } = request;
  if (object.metadata.name === 'refused')
    return { ...review, response: { uid, allowed: false, status: { message: 'not this one' } } };
  const operations = [{ op: 'add', path: '/data', value: { by: 'the webhook' } }];
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  const response = mutates
    ? { uid, allowed: true, patchType: 'JSONPatch', patch }
    : { uid, allowed: true, warnings: ['seen by admit.example.com'] };
  return { ...review, response };
}

function admission({ url, caBundle }: Hook, kind: 'Mutating' | 'Validating'): object {
  const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'] };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'admit' },
    webhooks: [
      {
        name: 'admit.example.com',
        clientConfig: { url: url.replace('convert', kind), caBundle },
        rules: [{ ...rule, resources: ['configmaps'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

function answer({ request, ...review }: Review): object {
  const { uid, desiredAPIVersion: apiVersion, objects } = request;
  const convertedObjects = objects.map(({ hostPort = '', host, port, ...rest }) =>
    apiVersion.endsWith('/v2')
      ? { ...rest, apiVersion, host: hostPort.split(':')[0], port: hostPort.split(':')[1] }
      : { ...rest, apiVersion, hostPort: `${host ?? ''}:${port ?? ''}` },
  );
  return { ...review, response: { uid, convertedObjects, result: { status: 'Success' } } };
}

function definition({ url, caBundle }: Hook): object {
  const version = (name: string, properties: object): object => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object', properties } },
  });
  const webhook = { clientConfig: { url, caBundle }, conversionReviewVersions: ['v1'] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      conversion: { strategy: 'Webhook', webhook },
      versions: [version('v1', { hostPort: text }), version('v2', { host: text, port: text })],
    },
  };
}

t.test(
  'kubectl and a real webhook that converts and admits',
  { skip, timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    const hook = await startHook();
    t.teardown(async () => {
      hook.server.closeAllConnections();
      hook.server.close();
      await cluster.remove();
    });
    await cluster.start();
    const file = (name: string, object: object): string => {
      const full = path.join(cluster.folder, `${name}.json`);
      writeFileSync(full, JSON.stringify(object));
      return full;
    };
    const widget = (name: string, version: string, more: object): string =>
      file(name, {
        apiVersion: `example.com/${version}`,
        kind: 'Widget',
        metadata: { name },
        ...more,
      });
    await cluster.kubectlOk('apply', '-f', file('crd', definition(hook)));
    await cluster.kubectlOk('wait', '--for=condition=Established', 'crd/widgets.example.com');

    await cluster.kubectlOk('apply', '-f', widget('one', 'v1', { hostPort: 'local:80' }));
    await cluster.kubectlOk('apply', '-f', widget('two', 'v2', { host: 'other', port: '81' }));
    const shown = (version: string, fields: string): Promise<string> =>
      cluster.kubectlOk(
        'get',
        `widgets.${version}.example.com`,
        '-o',
        `jsonpath={.items[*]${fields}}`,
      );
    t.equal(await shown('v2', "['host','port']"), 'local other 80 81');
    t.equal(await shown('v1', '.hostPort'), 'local:80 other:81');

    // The edge dies while a component's call is under way, here the garbage collector's or kubectl's own: the next life calls anew.
    let seen = 0;
    let killed: Promise<unknown> | undefined;
    hook.before = async () => {
      seen++;
      killed ??= cluster.kubactor('chaos', 'kill', 'gateway');
      await killed;
    };
    await cluster.kubectl(
      'patch',
      'widgets.v2.example.com',
      'one',
      '--type=merge',
      '-p',
      '{"port":"82"}',
    );
    t.ok(seen > 0);
    hook.before = () => Promise.resolve();
    await eventually('the gateway to serve again', async () => {
      return (await cluster.kubectl('get', '--raw', '/readyz')).code === 0;
    });
    await cluster.kubectlOk(
      'patch',
      'widgets.v2.example.com',
      'two',
      '--type=merge',
      '-p',
      '{"port":"83"}',
    );
    t.match(await shown('v1', '.hostPort'), / other:83$/);
    const status = await cluster.status();
    t.match(status, { ready: true });

    // The same server is asked to admit: it writes into one ConfigMap, and refuses another.
    await cluster.kubectlOk('apply', '-f', file('mutating', admission(hook, 'Mutating')));
    await cluster.kubectlOk('apply', '-f', file('validating', admission(hook, 'Validating')));
    await eventually('the API server to ask', async () => {
      const made = await cluster.kubectl('create', 'configmap', 'refused');
      if (made.code === 0) await cluster.kubectlOk('delete', 'configmap', 'refused');
      return made.stderr.includes(
        'admission webhook "admit.example.com" denied the request: not this one',
      );
    });
    const admitted = await cluster.kubectl('create', 'configmap', 'admitted');
    t.match(admitted, { code: 0, stderr: /Warning: seen by admit\.example\.com/ });
    t.equal(
      await cluster.kubectlOk('get', 'configmap', 'admitted', '-o', 'jsonpath={.data.by}'),
      'the webhook',
    );

    hook.server.closeAllConnections();
    await new Promise((resolve) => hook.server.close(resolve));
    const unasked = await cluster.kubectl('create', 'configmap', 'unasked');
    t.match(unasked.stderr, 'failed calling webhook "admit.example.com": failed to call webhook');
    await cluster.kubectlOk('delete', 'mutatingwebhookconfiguration', 'admit');
    await cluster.kubectlOk('delete', 'validatingwebhookconfiguration', 'admit');
    const refused = await cluster.kubectl(
      'patch',
      'widgets.v2.example.com',
      'two',
      '--type=merge',
      '-p',
      '{"port":"84"}',
    );
    t.equal(refused.code, 1);
    t.match(refused.stderr, 'conversion webhook for example.com/v');
    t.match(refused.stderr, 'connect: connection refused');
    t.match(await shown('v1', '.hostPort'), / other:83$/, 'nothing is lost');
  },
);
