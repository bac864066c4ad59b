import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import type { HttpExchange } from '../../../src/protocol/index.js';
import { echo, edge, http2, keys, signal, text, whole, wholeStream } from './edge-world.js';

const MIB = 2 ** 20;
const bytesOf = (body: string): unknown => (JSON.parse(body) as { bytes: unknown }).bytes;

t.test('method, URL, headers and body arrive over HTTP/1.1 and HTTP/2 alike', async (t) => {
  const at = await edge(t, await keys(t), echo);
  const headers = { 'X-Test': 'é', accept: ['a', 'b'] };
  const one = await at.http1(
    {
      method: 'POST',
      path: '/api/v1/pods?limit=500',
      headers: { ...headers, 'X-Test': Buffer.from('é').toString('latin1') },
    },
    Buffer.from('hello'),
  );
  const two = await http2(
    at.session(),
    {
      ':method': 'POST',
      ':path': '/api/v1/pods?limit=500',
      'x-test': Buffer.from('é').toString('latin1'),
      accept: 'a, b',
    },
    'hello',
  );
  for (const answer of [one, two]) {
    t.equal(answer.status, 200);
    t.match(JSON.parse(answer.body), {
      method: 'POST',
      url: '/api/v1/pods?limit=500',
      bytes: 5,
      remoteAddress: '127.0.0.1',
      headers: { 'x-test': 'é', accept: 'a, b' },
    });
  }
});

t.test('a URL with a long selector passes, and one in absolute form is read', async (t) => {
  const at = await edge(t, await keys(t), echo);
  const path = (length: number): string => `/api/v1/pods?labelSelector=${'x'.repeat(length)}`;
  t.equal((await at.http1({ path: path(200_000) })).status, 200);
  t.equal(
    (await http2(at.session(), { ':path': path(60_000) })).status,
    200,
    'HPACK takes no field of more than 64 KiB',
  );
  t.match(JSON.parse((await at.http1({ path: 'https://kubernetes.default/version' })).body), {
    url: '/version',
  });
});

t.test(
  'a body of exactly 3 MiB is taken; one byte more is 413, and the connection goes on',
  async (t) => {
    const at = await edge(t, await keys(t), echo);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: at.pki.ca.certificate });
    t.teardown(() => agent.destroy());
    const session = at.session();
    for (const [size, status] of [
      [3 * MIB, 200],
      [3 * MIB + 1, 413],
      [5 * MIB, 413],
      [10, 200],
    ] as const) {
      const body = Buffer.alloc(size);
      const declared = await at.http1(
        { method: 'POST', agent, headers: { 'content-length': size } },
        body,
      );
      t.equal(declared.status, status, `HTTP/1.1, ${size} declared`);
      const chunked = await at.http1(
        { method: 'POST', agent, headers: { 'transfer-encoding': 'chunked' } },
        body,
      );
      t.equal(chunked.status, status, `HTTP/1.1, ${size} in chunks`);
      const streamed = await http2(session, { ':method': 'POST' }, body);
      t.equal(streamed.status, status, `HTTP/2, ${size}`);
      const announced = await http2(
        session,
        { ':method': 'POST', 'content-length': String(size) },
        body,
      );
      t.equal(announced.status, status, `HTTP/2, ${size} declared`);
      if (status === 200)
        t.same(
          [declared, chunked, streamed].map((answer) => bytesOf(answer.body)),
          [size, size, size],
        );
    }
    t.notOk(session.closed, 'one HTTP/2 session for all');
  },
);

t.test(
  'Expect: 100-continue is answered for a body that is wanted, and 413 at once for one that is not',
  async (t) => {
    const at = await edge(t, await keys(t), echo);
    for (const [size, status, continued] of [
      [1000, 200, true],
      [4 * MIB, 413, false],
    ] as const) {
      const request = at.start1({
        method: 'POST',
        headers: { expect: '100-continue', 'content-length': size },
      });
      let told = false;
      request.on('continue', () => {
        told = true;
        request.end(Buffer.alloc(size));
      });
      request.on('error', () => undefined);
      request.flushHeaders();
      const answer = await new Promise((resolve, reject) => {
        request.on('response', (response) => void whole(response).then(resolve, reject));
      });
      t.match(answer, { status, headers: continued ? {} : { connection: 'close' } });
      t.equal(told, continued, `HTTP/1.1, ${size}`);
      const stream = at.session().request({
        ':method': 'POST',
        ':path': '/',
        expect: '100-continue',
        'content-length': String(size),
      });
      let told2 = false;
      stream.on('continue', () => {
        told2 = true;
        stream.end(Buffer.alloc(size));
      });
      t.match(await wholeStream(stream), { status });
      t.equal(told2, continued, `HTTP/2, ${size}`);
    }
  },
);

t.test('HEAD has the headers and no body', async (t) => {
  const at = await edge(t, await keys(t), (exchange) =>
    exchange.respond(200, { 'content-type': 'text/plain' }, text('hello')),
  );
  const session = at.session();
  for (const answer of [
    await at.http1({ method: 'HEAD' }),
    await http2(session, { ':method': 'HEAD' }),
    await http2(session, { ':method': 'HEAD' }),
  ]) {
    t.match(answer, { status: 200, body: '', headers: { 'content-length': '5' } });
  }
});

t.test('headers of the connection stay out, and any text may stand in a header', async (t) => {
  const headers = {
    connection: 'close',
    'Keep-Alive': 'timeout=5',
    'transfer-encoding': 'chunked',
    upgrade: 'x',
    'proxy-connection': 'x',
    warning: '299 - "unknown field \\"spec.힘\\" \r\nset-cookie: x"',
    'bad name': 'x',
    'X-Ok': 'yes',
  };
  const at = await edge(t, await keys(t), (exchange) => exchange.respond(200, headers, text('x')));
  for (const answer of [await at.http1({}), await http2(at.session(), {})]) {
    t.equal(answer.status, 200);
    t.equal(
      Buffer.from(String(answer.headers['warning']), 'latin1').toString(),
      '299 - "unknown field \\"spec.힘\\"   set-cookie: x"',
    );
    t.equal(answer.headers['x-ok'], 'yes');
    for (const name of ['upgrade', 'proxy-connection', 'set-cookie', 'bad name'])
      t.notOk(name in answer.headers, name);
    t.not(answer.headers['keep-alive'], 'timeout=5, timeout=5');
  }
});

/** Streams as much as the sink takes, then waits until it has room. */
function flood(chunkBytes: number): {
  handle: (exchange: HttpExchange) => void;
  full: Promise<number>;
  drained: Promise<void>;
} {
  const full = signal<number>();
  const drained = signal();
  return {
    full: full.promise,
    drained: drained.promise,
    handle(exchange) {
      if (exchange.url === '/small') {
        exchange.respond(200, {}, text('small'));
        return;
      }
      exchange.startStream(200, {});
      let written = chunkBytes;
      while (exchange.write(new Uint8Array(chunkBytes)) && written < 1e9) written += chunkBytes;
      exchange.onDrain(() => {
        drained.fire();
        exchange.end();
      });
      full.fire(written);
    },
  };
}

t.test(
  'a slow reader fills the sink, which says so and says when it has room (HTTP/1.1)',
  async (t) => {
    const source = flood(64 * 1024);
    const at = await edge(t, await keys(t), source.handle);
    const request = at.start1({});
    const response = await new Promise<IncomingMessage>((resolve) =>
      request.on('response', resolve).end(),
    );
    t.ok((await source.full) < 64 * MIB, 'it stops long before memory does');
    const answer = await whole(response);
    await source.drained;
    t.equal(answer.body.length, await source.full);
  },
);

t.test('HTTP/2 flow control holds one stream back, and no other of its session', async (t) => {
  const source = flood(64 * 1024);
  const at = await edge(t, await keys(t), source.handle);
  const session = at.session();
  const slow = session.request({ ':path': '/' });
  slow.pause();
  slow.on('response', () => undefined);
  t.ok((await source.full) < 16 * MIB);
  t.equal((await http2(session, { ':path': '/small' })).body, 'small');
  let bytes = 0;
  slow.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
  });
  slow.resume();
  await new Promise((resolve) => slow.on('end', resolve));
  await source.drained;
  t.equal(bytes, await source.full);
});

t.test('a client that goes away ends its exchange, once', async (t) => {
  let closes = 0;
  let closed = signal();
  let begun = signal();
  const at = await edge(t, await keys(t), (exchange) => {
    exchange.onClose(() => {
      closes++;
      closed.fire();
    });
    if (exchange.url === '/stream') exchange.startStream(200, {});
    begun.fire();
  });
  const session = at.session();
  for (const path of ['/stream', '/unary']) {
    for (const leave of [
      () => {
        const request = at.start1({ path });
        request.on('error', () => undefined).end();
        return () => request.destroy();
      },
      () => {
        const stream = session.request({ ':path': path });
        stream.on('error', () => undefined);
        return () => stream.close(8);
      },
    ]) {
      [closes, closed, begun] = [0, signal(), signal()];
      const go = leave();
      await begun.promise;
      go();
      await closed.promise;
      t.equal(closes, 1, path);
    }
  }
});

t.test('requests that a client pipelines all end with its connection', async (t) => {
  const all = signal();
  let open = 0;
  let seen = 0;
  const at = await edge(t, await keys(t), (exchange) => {
    open++;
    seen++;
    exchange.onClose(() => {
      if (--open === 0) all.fire();
    });
    if (seen === 3) socket.destroy();
  });
  const { connect } = await import('node:tls');
  const socket = connect({ host: '127.0.0.1', port: at.port, ca: at.pki.ca.certificate });
  socket.on('error', () => undefined);
  socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(3));
  await all.promise;
  t.equal(seen, 3);
});

t.test('a response that is cut off is seen to be', async (t) => {
  const at = await edge(t, await keys(t), (exchange) => {
    exchange.startStream(200, {});
    exchange.write(text('half'));
    exchange.abort();
  });
  await t.rejects(at.http1({}));
  await t.rejects(http2(at.session(), {}));
});

t.test('a body goes out as gzip, whole, over HTTP/1.1 and HTTP/2', async (t) => {
  const body = Buffer.from(Array.from({ length: 200_000 }, (_, at) => String(at)).join());
  const at = await edge(t, await keys(t), (exchange) =>
    exchange.respond(200, { 'content-encoding': 'gzip' }, body, 'gzip'),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: at.pki.ca.certificate });
  t.teardown(() => agent.destroy());
  for (let time = 0; time < 2; time++) {
    const response = await new Promise<IncomingMessage>((resolve) =>
      at.start1({ agent }).on('response', resolve).end(),
    );
    t.equal(response.headers['content-encoding'], 'gzip');
    t.ok(body.equals(await unzipped(response)), 'HTTP/1.1');
  }
  const session = at.session();
  const [one, two] = [session.request({ ':path': '/' }), session.request({ ':path': '/' })];
  for (const zipped of await Promise.all([unzipped(one), unzipped(two)]))
    t.ok(body.equals(zipped), 'HTTP/2');
});

async function unzipped(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return gunzipSync(Buffer.concat(chunks));
}

t.test('who takes nothing of a compressed body, or goes away, ends it', async (t) => {
  let closed = signal();
  const at = await edge(
    t,
    await keys(t),
    (exchange) => {
      exchange.onClose(() => closed.fire());
      exchange.respond(200, { 'content-encoding': 'gzip' }, randomBytes(24 * MIB), 'gzip');
    },
    { sendStallMs: 100 },
  );
  const slow = at.session().request({ ':path': '/' });
  slow.on('error', () => undefined).pause();
  await closed.promise;
  t.pass('taken for gone');
  closed = signal();
  const leaving = at.session().request({ ':path': '/' });
  leaving.on('error', () => undefined).once('data', () => leaving.destroy());
  await closed.promise;
  t.pass('gone');
});
