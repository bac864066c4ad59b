import { X509Certificate } from 'node:crypto';
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Agent } from 'node:https';
import t from 'tap';
import { echo, edge, http2, keys, signal, text } from './edge-world.js';

const closedOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });

t.test('a client that says nothing is not waited for', async (t) => {
  const at = await edge(t, await keys(t), echo, {
    handshakeTimeoutMs: 50,
    headersTimeoutMs: 50,
    bodyTimeoutMs: 50,
    slowClientCheckMs: 20,
    idleMs: 100,
  });
  const tls = (protocol: string): Socket =>
    tlsConnect({
      host: '127.0.0.1',
      port: at.port,
      ca: at.pki.ca.certificate,
      ALPNProtocols: [protocol],
    });
  await closedOf(tcpConnect({ host: '127.0.0.1', port: at.port }));
  t.pass('no TLS handshake');
  const headers = tls('http/1.1');
  headers.write('GET / HTTP/1.1\r\nhost:');
  await closedOf(headers);
  t.pass('half of the headers');
  const body = tls('http/1.1');
  body.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
  await closedOf(body);
  t.pass('half of a body');
  await closedOf(tls('h2'));
  t.pass('an HTTP/2 session without a request');
  const stream = at.session().request({ ':method': 'POST', ':path': '/' });
  stream.write('half');
  await t.rejects(
    new Promise((_resolve, reject) => stream.on('error', reject)),
    'half of a body over HTTP/2',
  );
});

t.test('a session with a watch open may be silent', async (t) => {
  const ended = signal();
  const at = await edge(
    t,
    await keys(t),
    (exchange) => {
      exchange.startStream(200, {});
      setTimeout(() => {
        exchange.write(text('late'));
        exchange.end();
        ended.fire();
      }, 150);
    },
    { idleMs: 30 },
  );
  t.match(await http2(at.session(), {}), { status: 200, body: 'late' });
  await ended.promise;
});

t.test('a client that takes nothing of what waits for it is cut off', async (t) => {
  let closed = signal();
  const at = await edge(
    t,
    await keys(t),
    (exchange) => {
      exchange.onClose(() => closed.fire());
      exchange.startStream(200, {});
      const fill = (): void => {
        while (exchange.write(new Uint8Array(65_536)));
      };
      exchange.onDrain(fill);
      fill();
    },
    { sendStallMs: 100 },
  );
  const request = at.start1({});
  request.on('error', () => undefined);
  request.on('response', (response) => response.on('error', () => undefined).pause()).end();
  await closed.promise;
  t.pass('HTTP/1.1');
  closed = signal();
  const stream = at.session().request({ ':path': '/' });
  stream.on('error', () => undefined).pause();
  await closed.promise;
  t.pass('HTTP/2');
});

t.test(
  'draining: answers under way are given, new connections are not taken, HTTP/1.1 connections are told to close',
  async (t) => {
    const begun = signal();
    const go = signal();
    const at = await edge(t, await keys(t), (exchange) => {
      begun.fire();
      void go.promise.then(() => exchange.respond(200, {}, text('done')));
    });
    const agent = new Agent({ keepAlive: true, ca: at.pki.ca.certificate });
    t.teardown(() => agent.destroy());
    const session = at.session();
    const goaway = new Promise((resolve) => session.on('goaway', resolve));
    const answers = [at.http1({ agent }), http2(session, {})];
    await begun.promise;
    // The other one may still be on its way: it must be there before the drain.
    while (at.listener.openConnections < 4) await new Promise((resolve) => setImmediate(resolve));
    at.listener.drain();
    at.listener.drain();
    go.fire();
    const [one, two] = await Promise.all(answers);
    t.match(one, { status: 200, body: 'done', headers: { connection: 'close' } });
    t.match(two, { status: 200, body: 'done' });
    await goaway;
    await t.rejects(at.http1({}), { code: 'ECONNREFUSED' });
  },
);

t.test('destroyAll leaves no session and no socket alive in its tick', async (t) => {
  const seen: (() => boolean)[] = [];
  const both = signal();
  const at = await edge(t, await keys(t), (exchange) => {
    exchange.startStream(200, {});
    seen.push(() => exchange.write(new Uint8Array(1)));
    if (seen.length === 2) both.fire();
  });
  const session = at.session();
  session.request({ ':path': '/' }).on('error', () => undefined);
  at.start1({})
    .on('error', () => undefined)
    .on('response', (response) => response.on('error', () => undefined))
    .end();
  await both.promise;
  const gone = new Promise((resolve) => session.on('close', resolve));
  at.listener.destroyAll();
  await gone;
  while (at.listener.openConnections > 0) await new Promise((resolve) => setImmediate(resolve));
  t.equal(at.listener.openConnections, 0);
});

t.test('a port that is taken is an errno', async (t) => {
  const pki = await keys(t);
  const at = await edge(t, pki, echo);
  const { HttpsListener } = await import('../../../src/io/net/index.js');
  const second = new HttpsListener({
    host: '127.0.0.1',
    port: at.port,
    certificate: pki.serving.certificate,
    privateKey: pki.serving.privateKey,
    clientCa: pki.ca.certificate,
    connectionsMax: 1,
  });
  await t.rejects(
    second.listen(() => undefined),
    { code: 'EADDRINUSE' },
  );
});

t.test('garbage breaks nothing', async (t) => {
  const at = await edge(t, await keys(t), echo);
  for (const write of [
    () =>
      tcpConnect({ host: '127.0.0.1', port: at.port }, function (this: Socket) {
        this.write('GET / HTTP/1.0\r\n\r\n');
      }),
    () =>
      tlsConnect({ host: '127.0.0.1', port: at.port, ca: at.pki.ca.certificate }).end(
        '\0\0\0 not HTTP\r\n\r\n',
      ),
    () =>
      tlsConnect({
        host: '127.0.0.1',
        port: at.port,
        ca: at.pki.ca.certificate,
        ALPNProtocols: ['h2'],
      }).end('not HTTP/2 at all, and long enough to be seen'),
  ]) {
    await closedOf(write());
    t.equal((await at.http1({})).status, 200);
  }
});

t.test('a renewed certificate is for new connections; those that are open go on', async (t) => {
  const pki = await keys(t);
  const at = await edge(t, pki, echo);
  const renewed = await keys({
    testdir: () => t.testdir({ other: {} }),
    teardown: () => undefined,
  });
  const old = at.session();
  const ask = (session: typeof old): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':method': 'GET', ':path': '/' });
      stream.on('response', resolve).on('error', reject);
      stream.resume().end();
    });
  t.match(await ask(old), { ':status': Number });
  at.listener.renew({
    certificate: renewed.serving.certificate,
    privateKey: renewed.serving.privateKey,
    clientCa: renewed.ca.certificate,
  });
  t.match(await ask(old), { ':status': Number }, 'the same session');
  const fingerprint = (ca: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect(
        { host: '127.0.0.1', port: at.port, ca, ALPNProtocols: ['h2'] },
        () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  const { fingerprint256 } = new X509Certificate(renewed.serving.certificate);
  t.equal(await fingerprint(renewed.ca.certificate), fingerprint256);
  await t.rejects(fingerprint(pki.ca.certificate), 'who knows the old CA only');
  t.throws(() => at.listener.renew({ certificate: 'x', privateKey: 'y', clientCa: 'z' }));
  t.equal(
    await fingerprint(renewed.ca.certificate),
    fingerprint256,
    'keys that are none change nothing',
  );
});
