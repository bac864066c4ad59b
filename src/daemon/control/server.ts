import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ControlReplies, ControlRequest, ControlResponse } from './messages.js';

export type ControlHandlers = {
  readonly [V in ControlRequest['verb']]: (
    request: Extract<ControlRequest, { verb: V }>,
  ) => Promise<ControlReplies[V]> | ControlReplies[V];
};

const REQUEST_BYTES_MAX = 64 * 1024;

/** Listens on the control socket (0600). The folder's lock is held, so what stands there is a dead daemon's. */
export async function serveControl(path: string, handlers: ControlHandlers): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => serve(socket, handlers));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

function serve(socket: Socket, handlers: ControlHandlers): void {
  socket.on('error', () => socket.destroy());
  let bytes = 0;
  socket.on('data', (data) => {
    bytes += data.byteLength;
    if (bytes > REQUEST_BYTES_MAX) socket.destroy();
  });
  createInterface({ input: socket }).once('line', (line) => {
    void answer(line, handlers).then((response) => socket.end(`${JSON.stringify(response)}\n`));
  });
}

async function answer(line: string, handlers: ControlHandlers): Promise<ControlResponse> {
  try {
    const request = JSON.parse(line) as ControlRequest;
    const handler = handlers[request.verb] as ((request: ControlRequest) => unknown) | undefined;
    if (handler === undefined)
      return { ok: false, message: `unknown verb ${JSON.stringify(request.verb)}` };
    return { ok: true, value: await handler(request) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
