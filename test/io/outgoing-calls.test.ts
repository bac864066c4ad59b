import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { issueAuthority, issueServing } from '../../src/daemon/pki/issue.js';
import type { HookCallerConfig } from './actors/protocol.js';
import { bundleActors } from './bundle.js';
import { killLoop } from './kill-loop.js';
import { child, supervisor, temporaryFolder, testSystem } from './system-of.js';

/** `KILLS=1000` looks longer. */
const KILLS = Number(process.env['KILLS'] ?? 40);
const CALLS = 24;

t.setTimeout(600_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

/** Answers at once, in pieces, slowly, half, or not at all; each in turn. */
function manyWays(): RequestListener {
  const piece = 'y'.repeat(50_000);
  const ways: RequestListener[] = [
    (_request, response) => response.end('{}'),
    (_request, response) => response.write(piece, () => response.end(piece)),
    (_request, response) => void setTimeout(() => response.end(piece), 20),
    (_request, response) => response.write(piece, () => response.destroy()),
    () => undefined,
  ];
  let next = 0;
  return (request, response) => {
    request.resume();
    ways[next++ % ways.length]?.(request, response);
  };
}

t.test('an edge that calls out over TLS dies tidy at any moment of its calls', async (t) => {
  const ca = await issueAuthority();
  const { certificate, privateKey } = await issueServing(ca, ['127.0.0.1']);
  const server = createServer({ cert: certificate, key: privateKey }, manyWays());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config: HookCallerConfig = {
    url: `https://127.0.0.1:${String(port)}/convert`,
    caBundle: ca.certificate,
    calls: CALLS,
  };
  const system = testSystem(
    supervisor([child('hook-caller', 'hook-caller', { ...config }, { kind: 'edge' })]),
    temporaryFolder(),
    entryUrl,
  );
  t.teardown(async () => {
    await system.stop();
    server.closeAllConnections();
    server.close();
  });
  await system.ready();
  const report = async (): Promise<{ open: number; ended: Record<string, number> }> => {
    const told = await system.report('hook-caller', 5000);
    if (!told.ok) throw new Error(told.error.message);
    return told.value as { open: number; ended: Record<string, number> };
  };
  const moment = (round: number): Promise<void> =>
    // From the first handshakes on, to connections that are kept and used again.
    new Promise((resolve) => setTimeout(resolve, (round * 7) % 60));
  const { outstandingMin } = await killLoop(system, 'hook-caller', KILLS, {
    outstanding: CALLS,
    outstandingNow: async () => (await report()).open,
    afterEach: moment,
  });
  t.ok(outstandingMin >= CALLS);
  t.match(system.actors(), [{ id: 'hook-caller', restarts: KILLS, lastCrash: null }]);
  let ended: Record<string, number> = {};
  while ((ended['answered'] ?? 0) < CALLS) ended = (await report()).ended;
  t.comment(ended);
});
