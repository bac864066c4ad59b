import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { ActorContext, Behaviour, Protocol } from '../../../src/actor/index.js';
import { actorId } from '../../../src/base/index.js';
import { runEdge } from '../../../src/io/thread/index.js';
import type { FrontConfig, WorkshopProtocol } from './protocol.js';

const sessions = new Set<ServerHttp2Session>();
const sockets = new Set<TLSSocket>();

/** An edge with HTTP/2 over TLS: `/write` asks the workshop and answers, `/hold` never answers, `/throw` crashes it. */
function front(context: ActorContext, config: FrontConfig): Behaviour<Protocol> {
  const target = context.ref<WorkshopProtocol>(actorId('shop'));
  let open = 0;
  let handled = 0;
  const server = createSecureServer(
    { allowHTTP1: true, key: config.privateKey, cert: config.certificate },
    (request, response) => {
      open++;
      response.on('close', () => {
        open--;
      });
      if (request.url === '/hold') return;
      if (request.url === '/throw') throw new Error('thrown in an edge on purpose');
      const chunks: Uint8Array[] = [];
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      request.on('end', () => {
        const data = new Uint8Array(Buffer.concat(chunks));
        void context.ask(target, 'write', { data }, { timeoutMs: 5000 }).then((result) => {
          handled++;
          response.writeHead(result.ok ? 200 : 503);
          response.end(result.ok ? 'x'.repeat(5000) : result.error.code);
        });
      });
    },
  );
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('secureConnection', hold).on('connection', hold);
  return {
    start: () =>
      new Promise((resolve) => {
        server.listen(config.port, '127.0.0.1', resolve);
      }),
    tells: {},
    asks: {},
    streams: {},
    report: () => ({ open, handled, sessions: sessions.size }),
  };
}

function hold(socket: TLSSocket): void {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
}

runEdge(front, {
  destroyAll: () => {
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
  },
});
