import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Cluster, eventually } from './cluster.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CLIENT_SPAN = 'b7ad6b7169203331';
const PODS = '/api/v1/namespaces/default/pods';
const SECRETS = '/api/v1/namespaces/default/secrets';

interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

interface LogLine {
  readonly traceId?: string;
  readonly level: string;
}

interface SpanLine {
  readonly id: string;
  readonly parentId?: string;
  readonly actor: string;
  readonly name: string;
}

t.test(
  'one request through every actor, and no secret in any log',
  { timeout: 180_000 },
  async (t) => {
    const exported = await collector(t);
    const cluster = new Cluster();
    t.teardown(() => cluster.remove());
    await cluster.start(
      ...['--set', 'nodes.count=1', '--set', 'log.level=debug'],
      ...['--set', `tracing.otlp.endpoint=${exported.url}`],
    );
    const { url } = (await cluster.status()).apiServer;
    const send = (method: string, target: string, body?: unknown, headers = {}): Promise<Reply> =>
      sendTo(cluster, new URL(target, url), { method, body, headers });
    const traceOf = async (id: string): Promise<SpanLine[]> => {
      const { stdout } = await cluster.kubactor('trace', id, '-o', 'json');
      return (JSON.parse(stdout) as { spans: SpanLine[] }).spans;
    };
    const pod = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    });

    await t.test('a pod, from the request to the status that the kubelet writes', async (t) => {
      const traceparent = `00-${TRACE}-${CLIENT_SPAN}-01`;
      const { status, headers } = await send('POST', PODS, pod('web'), { traceparent });
      t.equal(status, 201);
      t.match(headers['traceresponse'], new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
      const spans = await eventually('the status of the kubelet', async () => {
        const found = await traceOf(TRACE);
        return found.some(({ name }) => name === 'update pods/status default/web') && found;
      });
      const way = ['gateway', 'api-server', 'store', 'scheduler', 'api-server', 'kubelet-node-1'];
      const names = [
        `POST ${PODS}`,
        `POST ${PODS}`,
        'txn put /registry/pods/default/web',
        'schedule default/web',
        'create pods/binding default/web',
        'saw ADDED pods default/web',
      ];
      const found = way.map((actor, i) =>
        spans.find((span) => span.actor.startsWith(actor) && span.name === names[i]),
      );
      t.same(
        found.map((span) => span?.name),
        names,
      );
      t.equal(found[0]?.parentId, CLIENT_SPAN);
      t.equal(found[1]?.parentId, found[0]?.id);
      // The binding and the status are puts of the same key, and may come first in the list.
      const puts = spans.filter(({ name }) => name === names[2]);
      t.ok(
        puts.some(({ parentId }) => parentId === found[1]?.id),
        'the pod was put by the request',
      );
      t.equal(found[4]?.parentId, found[3]?.id);
    });

    await t.test('for people: a tree, and the slowest requests', async (t) => {
      const { stdout } = await cluster.kubactor('trace', TRACE);
      t.match(
        stdout,
        new RegExp(`^trace ${TRACE}: \\d+ spans of \\d actors\nAT +TOOK +ACTOR +SPAN\n`),
      );
      t.match(stdout, new RegExp(`ms +gateway +POST ${PODS}\n.* ms +api-server +POST ${PODS}\n`));
      const slowest = await cluster.kubactor('trace', '--slowest', '3');
      t.match(slowest.stdout, new RegExp(`\n${TRACE} .* POST ${PODS}\n`));
      const unknown = await cluster.kubactor('trace', 'f'.repeat(32));
      t.equal(unknown.code, 1);
      t.match(unknown.stderr, /nothing is known of trace f+/);
      t.equal((await cluster.kubactor('trace')).code, 2);
    });

    await t.test('logs by trace, level, time and number of lines', async (t) => {
      const lines = async (...args: string[]): Promise<LogLine[]> => {
        const { stdout } = await cluster.kubactor('logs', '-o', 'json', ...args);
        const whole = stdout.split('\n').filter((line) => line !== '');
        return whole.map((line) => JSON.parse(line) as LogLine);
      };
      const traced = await lines('--trace', TRACE);
      t.ok(traced.length > 5);
      t.ok(traced.every(({ traceId }) => traceId === TRACE));
      t.ok((await lines('--level', 'info')).every(({ level }) => level !== 'debug'));
      t.equal((await lines('-n', '3')).length, 3);
      t.same(await lines('--until', '1h'), []);
      t.match(await lines('gateway', 'api-server', '--grep', 'listening'), [{ actor: 'gateway' }]);
      t.equal((await cluster.kubactor('logs', '--since', 'yesterday')).code, 2);
    });

    await t.test('what is not traced leaves no span', async (t) => {
      const { headers } = await send('POST', PODS, pod('quiet'));
      t.equal(headers['traceresponse'], undefined);
      const { stdout } = await cluster.kubactor('trace', '--slowest', '100', '-o', 'json');
      t.same(
        (JSON.parse(stdout) as { traceId: string }[]).map(({ traceId }) => traceId),
        [TRACE],
      );
    });

    await t.test('spans reach an OpenTelemetry collector', async () => {
      await eventually('the spans of the gateway and of a replica', async () =>
        ['"gateway"', '"store-'].every((actor) => exported.text().includes(actor)),
      );
    });

    await t.test('no secret gets into a log, a trace or an export, at level debug', async (t) => {
      const secrets = ['swordfish-one', 'swordfish-two', 'swordfish-three', 'swordfish-four'];
      const [data = '', stringData = '', bearer = '', query = ''] = secrets;
      const coded = secrets.map((text) => Buffer.from(text).toString('base64'));
      const traced = `/.trace/${'ab'.repeat(16)}${SECRETS}`;
      const secret = (name: string, more: object): object => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        ...more,
      });
      const kept = secret('kept', { data: { a: coded[0] }, stringData: { b: stringData } });
      t.equal((await send('POST', `${traced}?fieldManager=${query}`, kept)).status, 201);
      // What a refusal quotes is for the client alone.
      const refused: unknown[] = [
        secret('bad', { data: { a: data } }),
        secret('bad', { data: data }),
        secret('Bad_Name', { stringData: { b: stringData } }),
        `{"kind":"Secret","apiVersion":"v1","data":{"a":"${data}`,
      ];
      for (const body of refused) t.ok((await send('POST', traced, body)).status >= 400);
      const authorization = `Bearer ${bearer}`;
      await sendTo(cluster, new URL(`/api?access_token=${query}`, url), {
        method: 'GET',
        headers: { authorization, cookie: bearer },
        isNobody: true,
      });
      await send('GET', `${traced}/kept`, undefined, { authorization });
      for (const target of ['api-server', 'store-leader'])
        t.equal((await cluster.kubactor('chaos', 'kill', target)).code, 0);
      await eventually('the Secret over the deaths', async () => {
        return (await send('GET', `${SECRETS}/kept`)).status === 200;
      });

      const folder = path.join(cluster.folder, 'logs');
      const files = readdirSync(folder).map((name) =>
        readFileSync(path.join(folder, name), 'utf8'),
      );
      const trace = await cluster.kubactor('trace', 'ab'.repeat(16), '-o', 'json');
      const told = [...files, cluster.output, exported.text(), trace.stdout].join('\n');
      t.match(
        told,
        /POST \/api\/v1\/namespaces\/default\/secrets/,
        'the requests themselves are told',
      );
      for (const text of [...secrets, ...coded]) t.notOk(told.includes(text), text);
      for (const line of keyLines(cluster)) t.notOk(told.includes(line), 'a private key');
    });

    await t.test('rubbish in the folder is passed over and counted', async (t) => {
      const rubbish = Buffer.concat([Buffer.from('{"torn":\n'), Buffer.alloc(5000, 0xff)]);
      writeFileSync(path.join(cluster.folder, 'logs/gone.log'), rubbish);
      const { code, stdout, stderr } = await cluster.kubactor('logs', '-n', '1');
      t.equal(code, 0);
      t.equal(stdout.trimEnd().split('\n').length, 1);
      t.equal(stderr, 'kubactor: 2 lines were skipped: torn, or no log line\n');
    });
  },
);

/** A collector of OpenTelemetry, and all that it was sent. */
async function collector(t: Test): Promise<{ readonly url: string; text(): string }> {
  const chunks: Buffer[] = [];
  const server = createServer((incoming, response) => {
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, text: () => Buffer.concat(chunks).toString() };
}

/** Lines of the private keys, which are nowhere else. */
function keyLines({ folder }: Cluster): string[] {
  const pki = path.join(folder, 'pki');
  return readdirSync(pki)
    .filter((name) => name.endsWith('.key'))
    .flatMap((name) => readFileSync(path.join(pki, name), 'utf8').split('\n').slice(2, 3));
}

async function sendTo(
  { folder }: Cluster,
  url: URL,
  options: {
    readonly method: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly isNobody?: boolean;
  },
): Promise<Reply> {
  const pki = (name: string): Buffer => readFileSync(path.join(folder, 'pki', name));
  const { method, body, headers, isNobody = false } = options;
  const own = isNobody ? {} : { cert: pki('admin.crt'), key: pki('admin.key') };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method,
        ca: pki('ca.crt'),
        agent: false,
        ...own,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers }),
        );
      },
    );
    call.on('error', reject);
    call.end(text);
  });
}
