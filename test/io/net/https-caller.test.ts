import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { issueAuthority, issueServing } from '../../../src/daemon/pki/issue.js';
import { HttpsCaller, type HttpsCallerLimits } from '../../../src/io/net/index.js';
import type { WebhookReply } from '../../../src/protocol/index.js';

const authority = issueAuthority();

async function served(t: Test, listener: RequestListener, limits: Partial<HttpsCallerLimits> = {}) {
  const ca = await authority;
  const { certificate, privateKey } = await issueServing(ca, ['hook.default.svc', '127.0.0.1']);
  const server = createServer({ cert: certificate, key: privateKey }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const caller = new HttpsCaller(limits);
  t.teardown(() => {
    caller.destroyAll();
    server.closeAllConnections();
    server.close();
  });
  const call = (more: object = {}): Promise<WebhookReply> =>
    caller.call({
      url: `https://127.0.0.1:${String(port)}/convert?timeout=30s`,
      caBundle: ca.certificate,
      body: new TextEncoder().encode('{"a":1}'),
      timeoutMs: 5_000,
      ...more,
    });
  return { server, caller, call, port };
}

const textOf = (reply: WebhookReply): string =>
  reply.type === 'failed' ? reply.message : new TextDecoder().decode(reply.body);

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(201);
    response.end(
      `${request.method ?? ''} ${request.url ?? ''} ${Buffer.concat(chunks).toString()}`,
    );
  });
};

t.test('a call is a POST over TLS; its connection is kept', async (t) => {
  const { call, caller, server } = await served(t, echo);
  let connections = 0;
  server.on('secureConnection', () => connections++);
  for (let i = 0; i < 3; i++) {
    const reply = await call();
    t.match(reply, { type: 'response', status: 201 });
    t.equal(textOf(reply), 'POST /convert?timeout=30s {"a":1}');
  }
  t.equal(connections, 1);
  t.equal(caller.openConnections, 1);
});

t.test('the certificate has to be of the bundle, and has to name the host', async (t) => {
  const { call, port } = await served(t, echo);
  const address = { host: '127.0.0.1', port };
  const other = (await issueAuthority()).certificate;
  const verify = 'tls: failed to verify certificate: x509: ';
  t.equal(
    textOf(await call({ caBundle: other })),
    `${verify}certificate signed by unknown authority`,
  );
  t.equal(
    textOf(await call({ caBundle: undefined })),
    `${verify}certificate signed by unknown authority`,
  );
  const service = { url: 'https://hook.default.svc:443/convert', address };
  t.equal(textOf(await call(service)), 'POST /convert {"a":1}');
  t.equal(
    textOf(await call({ url: 'https://other.default.svc:443/convert', address })),
    `${verify}certificate is valid for hook.default.svc, 127.0.0.1, not other.default.svc`,
  );
  t.equal((await call({ caBundle: '-----BEGIN CERTIFICATE-----\nx\n' })).type, 'failed');
  t.equal((await call({ url: 'no url' })).type, 'failed');
});

t.test('what does not answer fails, in time and in Go’s words', async (t) => {
  const { call, server, port } = await served(t, () => undefined);
  t.equal(textOf(await call({ timeoutMs: 50 })), 'context deadline exceeded');
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  t.equal(textOf(await call()), `dial tcp 127.0.0.1:${String(port)}: connect: connection refused`);
});

t.test('an answer is bounded, and one that is cut off is none', async (t) => {
  const long: RequestListener = (_request, response) => response.end('x'.repeat(2_000));
  const { call } = await served(t, long, { responseBytesMax: 1_000 });
  t.equal(textOf(await call()), 'the answer is longer than 1000 bytes');
  const cut: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('x');
    setImmediate(() => response.destroy());
  };
  t.match(textOf(await (await served(t, cut)).call()), /^(unexpected )?EOF$/);
});

t.test('a kept connection that was closed meanwhile is no failure', async (t) => {
  const { call, server } = await served(t, echo);
  await call();
  const gone = new Promise<void>((resolve) => {
    server.once('request', (request) => {
      request.socket.destroy();
      resolve();
    });
  });
  const [reply] = await Promise.all([call(), gone]);
  t.equal(textOf(reply), 'POST /convert?timeout=30s {"a":1}');
});
