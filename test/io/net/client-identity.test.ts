import { connect as tlsConnect, type SecureVersion, type TLSSocket } from 'node:tls';
import t from 'tap';
import { issueAuthority, issueClient } from '../../../src/daemon/pki/issue.js';
import type { KeyPair } from '../../../src/daemon/pki/index.js';
import { echo, edge, http2, keys, type Edge } from './edge-world.js';

const clientOf = (body: string): unknown => (JSON.parse(body) as { client: unknown }).client;

async function seen(at: Edge, pair: KeyPair | undefined, version: SecureVersion): Promise<unknown> {
  const shown = pair === undefined ? {} : { cert: pair.certificate, key: pair.privateKey };
  const answer = await at.http1({ path: '/', minVersion: version, maxVersion: version, ...shown });
  return clientOf(answer.body);
}

t.test('the certificate says who the client is, over TLS 1.2 and 1.3', async (t) => {
  const pki = await keys(t);
  const at = await edge(t, pki, echo);
  const jane = await issueClient(pki.ca, 'jane', ['dev', 'ops', 'system:masters']);
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    t.equal(await seen(at, undefined, version), null, `${version}: no certificate`);
    t.same(
      await seen(at, jane, version),
      { commonName: 'jane', organizations: ['dev', 'ops', 'system:masters'] },
      version,
    );
    t.equal(
      await seen(at, pki.serving, version),
      null,
      `${version}: a certificate for servers is none for clients`,
    );
  }
});

t.test('a certificate of another authority is as good as none', async (t) => {
  const pki = await keys(t);
  const impostor = await issueClient(await issueAuthority(), 'kubernetes-admin', [
    'system:masters',
  ]);
  const at = await edge(t, pki, echo);
  t.equal(await seen(at, impostor, 'TLSv1.2'), null);
  t.equal(await seen(at, impostor, 'TLSv1.3'), null);
  t.equal(clientOf((await http2(at.session(impostor), {})).body), null, 'HTTP/2');
});

t.test(
  'HTTP/2 knows its client for all requests of the session; no group is no organization; no name is nobody',
  async (t) => {
    const pki = await keys(t);
    const at = await edge(t, pki, echo);
    const session = at.session(await issueClient(pki.ca, 'joe', []));
    for (let i = 0; i < 2; i++)
      t.same(clientOf((await http2(session, {})).body), { commonName: 'joe', organizations: [] });
    t.equal(
      clientOf(
        (await http2(at.session(await issueClient(pki.ca, '', ['system:masters'])), {})).body,
      ),
      null,
    );
  },
);

t.test(
  'a TLS session that is resumed keeps its identity, and gives none to who had none',
  async (t) => {
    const pki = await keys(t);
    const at = await edge(t, pki, echo);
    const jane = await issueClient(pki.ca, 'jane', ['dev']);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [pair, expected] of [
        [jane, { commonName: 'jane', organizations: ['dev'] }],
        [undefined, null],
      ] as const) {
        const first = await rawRequest(at, version, pair, undefined);
        t.ok(first.ticket, `${version}: a ticket was given`);
        const second = await rawRequest(at, version, pair, first.ticket);
        t.ok(second.reused, `${version}: resumed`);
        t.same(second.client, expected, version);
      }
    }
  },
);

async function rawRequest(
  at: Edge,
  version: SecureVersion,
  pair: KeyPair | undefined,
  session: Buffer | undefined,
): Promise<{ client: unknown; ticket: Buffer | undefined; reused: boolean }> {
  const socket: TLSSocket = tlsConnect({
    host: '127.0.0.1',
    port: at.port,
    ca: at.pki.ca.certificate,
    minVersion: version,
    maxVersion: version,
    ...(session === undefined ? {} : { session }),
    ...(pair === undefined ? {} : { cert: pair.certificate, key: pair.privateKey }),
  });
  let ticket: Buffer | undefined;
  socket.on('session', (data: Buffer) => {
    ticket = data;
  });
  let reused = false;
  socket.on('secureConnect', () => {
    reused = socket.isSessionReused();
  });
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return { client: clientOf(answer.split('\r\n\r\n')[1] ?? ''), ticket, reused };
}
