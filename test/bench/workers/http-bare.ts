import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { BareOrder, Keys } from '../http-protocol.js';
import { threadCpuMs } from '../thread-cpu.js';

/** The least that HTTP/2 over TLS costs in this runtime: bytes that are there already, as an answer to anything. */
const { ca, cert, key } = workerData as Keys;
const server = createSecureServer({ ca, cert, key, requestCert: true });
const watchers = new Set<ServerHttp2Stream>();
let order: BareOrder = { status: 200, headers: {}, body: new Uint8Array(0) };

server.on('stream', (stream, headers) => {
  stream.on('error', () => undefined);
  if (headers[':path']?.includes('watch=true') === true) {
    stream.respond({ ':status': 200 });
    watchers.add(stream);
    stream.on('close', () => watchers.delete(stream));
    return;
  }
  stream.resume();
  stream.on('end', () => {
    const { status, body, frame } = order;
    stream.respond({ ...order.headers, ':status': status });
    stream.end(body);
    if (frame !== undefined) for (const watcher of watchers) watcher.write(frame);
  });
});
parentPort?.on('message', (message: BareOrder | 'cpu') => {
  if (message !== 'cpu') order = message;
  parentPort?.postMessage(threadCpuMs());
});
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
