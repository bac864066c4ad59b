import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { Span } from '../../../src/actor/index.js';
import { OtlpExporter } from '../../../src/daemon/tracing/otlp-exporter.js';

interface Received {
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly body: OtlpRequest;
}

interface OtlpRequest {
  readonly resourceSpans: {
    readonly resource: { readonly attributes: unknown[] };
    readonly scopeSpans: { readonly scope: object; readonly spans: { name: string }[] }[];
  }[];
}

/** A collector that answers with the given codes, the last one from then on. */
async function collector(t: Test, codes: number[]) {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { url: path, headers } = request;
      received.push({ path, type: headers['content-type'], body: JSON.parse(text) as OtlpRequest });
      response.statusCode = (codes.length > 1 ? codes.shift() : codes[0]) ?? 200;
      response.end('{}');
      for (const { count, resolve } of waiting) if (received.length >= count) resolve();
    });
  });
  const url = await listen(server);
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const atLeast = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (received.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { url, received, atLeast };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

function span(name: string, more: Partial<Span> = {}): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    id: 'b7ad6b7169203331',
    parentId: undefined,
    name,
    actor: 'gateway',
    incarnation: 2,
    startedAtMs: 1_767_225_600_123.5,
    startedMs: 5,
    durationMs: 1.25,
    outcome: 'ok',
    ...more,
  };
}

/** An exporter that has these spans to tell, and what it logs. */
function exporter(t: Test, endpoint: string, rounds: Span[][]) {
  const logged: { level: string; message: string; fields: unknown }[] = [];
  const line = (level: string) => (message: string, fields?: object) =>
    void logged.push({ level, message, fields });
  const running = new OtlpExporter({
    endpoint,
    version: '0.1.0',
    tail: () => Promise.resolve(rounds.shift() ?? []),
    log: { info: line('info'), warn: line('warn') },
    intervalMs: 1,
  });
  t.teardown(() => running.close());
  return { running, logged };
}

t.test('spans reach a collector in the JSON form of OTLP, each life a resource', async (t) => {
  const { url, received, atLeast } = await collector(t, [200]);
  const failed = { id: '00f067aa0ba902b7', parentId: 'b7ad6b7169203331', actor: 'store-0' };
  const { logged } = exporter(t, `${url}/`, [
    [
      span('POST /api'),
      span('txn', { ...failed, outcome: 'failed no-leader' }),
      span('not of W3C', { traceId: 'nonce' }),
    ],
  ]);
  await atLeast(1);
  const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  t.same(received, [
    {
      path: '/v1/traces',
      type: 'application/json',
      body: {
        resourceSpans: [
          {
            resource: {
              attributes: [
                text('service.namespace', 'kubactor'),
                text('service.name', 'gateway'),
                text('service.instance.id', 'gateway#2'),
                text('service.version', '0.1.0'),
                { key: 'process.pid', value: { intValue: String(process.pid) } },
              ],
            },
            scopeSpans: [
              {
                scope: { name: 'kubactor', version: '0.1.0' },
                spans: [
                  {
                    traceId: '0af7651916cd43dd8448eb211c80319c',
                    spanId: 'b7ad6b7169203331',
                    name: 'POST /api',
                    kind: 2,
                    startTimeUnixNano: '1767225600123500000',
                    endTimeUnixNano: '1767225600124750000',
                    attributes: [text('kubactor.outcome', 'ok')],
                    status: { code: 1 },
                  },
                ],
              },
            ],
          },
          {
            resource: {
              attributes: [
                text('service.namespace', 'kubactor'),
                text('service.name', 'store-0'),
                text('service.instance.id', 'store-0#2'),
                text('service.version', '0.1.0'),
                { key: 'process.pid', value: { intValue: String(process.pid) } },
              ],
            },
            scopeSpans: [
              {
                scope: { name: 'kubactor', version: '0.1.0' },
                spans: [
                  {
                    traceId: '0af7651916cd43dd8448eb211c80319c',
                    spanId: '00f067aa0ba902b7',
                    parentSpanId: 'b7ad6b7169203331',
                    name: 'txn',
                    kind: 2,
                    startTimeUnixNano: '1767225600123500000',
                    endTimeUnixNano: '1767225600124750000',
                    attributes: [text('kubactor.outcome', 'failed no-leader')],
                    status: { code: 2, message: 'failed no-leader' },
                  },
                ],
              },
            ],
          },
        ],
      },
    },
  ]);
  t.same(logged, []);
});

const namesOf = ({ body }: Received): string[] =>
  body.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
  );

t.test(
  'a collector that is away gets the same again; trouble is told once, and its end',
  async (t) => {
    const { url, received, atLeast } = await collector(t, [503, 429, 502, 200]);
    const { logged } = exporter(t, `${url}/v1/traces`, [[span('one')], [span('two')]]);
    await atLeast(5);
    t.same(received.map(namesOf), [['one'], ['one'], ['one'], ['one'], ['two']]);
    t.match(logged, [
      { level: 'warn', message: 'spans cannot be exported', fields: { problem: 'HTTP 503' } },
      { level: 'info', message: 'spans are exported again', fields: { droppedSpans: 0 } },
    ]);
  },
);

t.test('what a collector refuses for good is dropped and counted', async (t) => {
  const { url, received, atLeast } = await collector(t, [400, 400, 200]);
  const { logged } = exporter(t, url, [[span('bad')], [span('bad too')], [span('good')]]);
  await atLeast(3);
  t.same(received.map(namesOf), [['bad'], ['bad too'], ['good']]);
  t.match(logged[0], { level: 'warn', fields: { problem: 'HTTP 400', droppedSpans: 1 } });
});

t.test('batches are bounded, and so is what waits', async (t) => {
  const { url, received, atLeast } = await collector(t, [200]);
  const many = Array.from({ length: 9000 }, (_, n) => span(String(n)));
  exporter(t, url, [many]);
  await atLeast(16);
  const names = received.map(namesOf);
  t.ok(names.every(({ length }) => length === 512));
  t.same(names.flat()[0], String(9000 - 8192), 'the oldest made room');
});

t.test('a stopping daemon sends what it has; where nobody listens it does not wait', async (t) => {
  const { url, received } = await collector(t, [200]);
  const { running } = exporter(t, url, [[span('last')]]);
  await running.close();
  t.same(received.map(namesOf), [['last']]);

  const nobody = createServer();
  const away = await listen(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  const { running: alone, logged } = exporter(t, `${away}/secret-path`, [[span('lost')]]);
  await alone.close();
  t.match(logged, [{ level: 'warn', fields: { problem: /ECONNREFUSED/ } }]);
  t.notMatch(JSON.stringify(logged), /secret-path/, 'of the address only the host is told');
});
