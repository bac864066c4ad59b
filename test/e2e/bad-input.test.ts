import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { clusterClient, type ClusterClient } from '../../src/cli/cluster-client.js';
import { Cluster, KUBACTOR, run } from './cluster.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

t.test(
  "bad requests get Kubernetes' own status, reason and words",
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start();
    const client = clusterClient(cluster.kubeconfig);
    t.teardown(() => client.close());
    const expectStatus = async (
      what: string,
      reply: Promise<{ status: number; body: unknown }>,
      code: number,
      reason: string,
      message: RegExp,
    ): Promise<void> => {
      const { status, body } = await reply;
      t.equal(status, code, `${what}: ${JSON.stringify(body)}`);
      t.match(
        body,
        { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
        what,
      );
    };

    await expectStatus(
      'a broken body',
      raw(cluster, client, CONFIG_MAPS, '{"kind":'),
      400,
      'BadRequest',
      /couldn't get version\/kind; json parse error|unexpected end of JSON input/,
    );
    await expectStatus(
      'a body of more than 3 MiB',
      raw(cluster, client, CONFIG_MAPS, JSON.stringify({ data: 'x'.repeat(3.2 * 2 ** 20) })),
      413,
      'RequestEntityTooLarge',
      /limit is 3145728/,
    );
    await expectStatus(
      'another kind',
      client.send('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }),
      400,
      'BadRequest',
      /does not match|cannot be handled as a ConfigMap/,
    );
    await expectStatus(
      'an unknown resource',
      client.send('GET', '/api/v1/namespaces/default/teapots'),
      404,
      'NotFound',
      /the server could not find the requested resource/,
    );
    await expectStatus(
      'an absent object',
      client.send('GET', `${CONFIG_MAPS}/none`),
      404,
      'NotFound',
      /^configmaps "none" not found$/,
    );
    const odd = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x' },
      spec: {
        oops: 1,
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i' }] },
        },
      },
    };
    await expectStatus(
      'an unknown field, strict',
      client.send('POST', `${DEPLOYMENTS}?fieldValidation=Strict`, odd),
      400,
      'BadRequest',
      /^Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.oops"$/,
    );
    const warned = await headers(cluster, `${DEPLOYMENTS}?fieldValidation=Warn&dryRun=All`, odd);
    t.match(
      warned,
      { status: 201, warning: '299 - "unknown field \\"spec.oops\\""' },
      'an unknown field, warn',
    );
    t.match(
      await headers(cluster, `${DEPLOYMENTS}?fieldValidation=Ignore&dryRun=All`, odd),
      { status: 201, warning: undefined },
      'an unknown field, ignore',
    );
    await expectStatus(
      'a wrong type',
      client.send('POST', DEPLOYMENTS, {
        ...odd,
        spec: { ...odd.spec, oops: undefined, replicas: 'three' },
      }),
      400,
      'BadRequest',
      /cannot unmarshal string into Go struct field DeploymentSpec\.spec\.replicas of type int32/,
    );
    await expectStatus(
      'an invalid object',
      client.send('POST', DEPLOYMENTS, { ...odd, spec: { ...odd.spec, replicas: -1 } }),
      422,
      'Invalid',
      /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
    );
    await expectStatus(
      'a bad label selector',
      client.send('GET', `${CONFIG_MAPS}?labelSelector=${encodeURIComponent('a in (')}`),
      400,
      'BadRequest',
      /unable to parse requirement|found/,
    );
    await expectStatus(
      'a bad field selector',
      client.send('GET', `${CONFIG_MAPS}?fieldSelector=spec.x%3D1`),
      400,
      'BadRequest',
      /"spec\.x" is not a known field selector: only "metadata\.name", "metadata\.namespace"/,
    );
    await expectStatus(
      'a bad field selector of pods',
      client.send('GET', '/api/v1/pods?fieldSelector=spec.x%3D1'),
      400,
      'BadRequest',
      /field label not supported: spec\.x/,
    );
    t.equal(
      (
        await client.send('POST', CONFIG_MAPS, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'twice' },
        })
      ).status,
      201,
    );
    await expectStatus(
      'a second create',
      client.send('POST', CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'twice' },
      }),
      409,
      'AlreadyExists',
      /^configmaps "twice" already exists$/,
    );
    await expectStatus(
      'a stale resourceVersion',
      client.send('PUT', `${CONFIG_MAPS}/twice`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'twice', resourceVersion: '1' },
      }),
      409,
      'Conflict',
      /^Operation cannot be fulfilled on configmaps "twice": the object has been modified; please apply your changes to the latest version and try again$/,
    );
    t.match(
      await anonymous(cluster),
      {
        status: 403,
        body: {
          kind: 'Status',
          reason: 'Forbidden',
          message: /^nodes is forbidden: User "system:anonymous" cannot list/,
        },
      },
      'no certificate',
    );
    t.equal((await client.send('GET', '/readyz')).status, 200, 'the server lives on');
  },
);

t.test(
  'what cannot start says so in one line, and damages nothing',
  { timeout: 120_000 },
  async (t) => {
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    const start = (...flags: string[]): ReturnType<typeof run> =>
      run(process.execPath, [KUBACTOR, 'start', '--data-dir', cluster.folder, ...flags]);

    const wrong = await start('--set', 'nodes.count=many', '--set', 'nodez.count=3');
    t.equal(wrong.code, 2);
    t.equal(wrong.stderr.trim().split('\n').length, 2, wrong.stderr);

    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    const { port } = busy.address() as { port: number };
    const refused = await start('--set', `apiServer.port=${port}`);
    busy.close();
    t.equal(refused.code, 1);
    t.match(
      refused.stderr,
      new RegExp(`^kubactor: port 127.0.0.1:${port} is in use by another program; .*\n$`),
    );

    await cluster.start();
    const second = await start('--set', 'apiServer.port=0');
    t.equal(second.code, 1);
    const { pid } = await cluster.status();
    t.match(
      second.stderr,
      new RegExp(`^kubactor: data folder .*: in use by another kubactor \\(pid ${pid}\\).*\n$`),
    );
    await cluster.end('SIGTERM');

    writeFileSync(path.join(cluster.folder, 'VERSION'), '99\n');
    const newer = await start('--set', 'apiServer.port=0');
    t.equal(newer.code, 1);
    t.match(
      newer.stderr,
      /^kubactor: data folder .*: its data has version 99, this kubactor reads up to 1; use a newer kubactor\n$/,
    );
    writeFileSync(path.join(cluster.folder, 'VERSION'), '1\n');
    await cluster.start();
    t.equal(await cluster.end('SIGTERM'), 0, 'it starts again as before');

    const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-file-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'file'), '');
    const unwritable = await run(process.execPath, [
      KUBACTOR,
      'start',
      '--data-dir',
      path.join(folder, 'file/inner'),
    ]);
    t.equal(unwritable.code, 1);
    t.match(
      unwritable.stderr,
      /^kubactor: data folder .*: cannot be written: a part of the path is no folder \(ENOTDIR\)\n$/,
    );

    const none = await run(process.execPath, [KUBACTOR, 'status', '--data-dir', folder]);
    t.equal(none.code, 1);
    t.match(none.stderr, /no kubactor runs on/);
    t.equal((await run(process.execPath, [KUBACTOR, 'fly'])).code, 2);
  },
);

/** A POST of text as it is. */
async function raw(
  cluster: Cluster,
  _client: ClusterClient,
  url: string,
  body: string,
): Promise<{ status: number; body: unknown }> {
  const { status, text } = await send(cluster, 'POST', url, body);
  return { status, body: JSON.parse(text) };
}

async function headers(
  cluster: Cluster,
  url: string,
  body: unknown,
): Promise<{ status: number; warning: string | undefined }> {
  const { status, warning } = await send(cluster, 'POST', url, JSON.stringify(body));
  return { status, warning };
}

async function anonymous(cluster: Cluster): Promise<{ status: number; body: unknown }> {
  const { status, text } = await send(cluster, 'GET', '/api/v1/nodes', undefined, false);
  return { status, body: JSON.parse(text) };
}

async function send(
  cluster: Cluster,
  method: string,
  url: string,
  body: string | undefined,
  withCertificate = true,
): Promise<{ status: number; warning: string | undefined; text: string }> {
  const pki = (name: string): Buffer => readFileSync(path.join(cluster.folder, 'pki', name));
  const { apiServer } = await cluster.status();
  const own = withCertificate ? { cert: pki('admin.crt'), key: pki('admin.key') } : {};
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(url, apiServer.url),
      {
        method,
        ca: pki('ca.crt'),
        agent: false,
        ...own,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, warning: response.headers['warning'], text }),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
