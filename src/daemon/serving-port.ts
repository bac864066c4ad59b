import { createServer } from 'node:net';
import { errorCode, OperatingError } from './failure.js';
import { keepState, readKeptState, type DataFolder } from './folder/index.js';

/**
 * The API server's port: the configured one, or for 0 the one of the last start where it is still free, else any. A busy
 * port is found out here, before anything is started.
 */
export async function chooseServingPort(
  folder: DataFolder,
  host: string,
  configured: number,
): Promise<number> {
  if (configured !== 0) return probe(host, configured);
  const state = readKeptState(folder);
  const kept =
    state.apiServerPort === undefined
      ? undefined
      : await probe(host, state.apiServerPort).catch(() => undefined);
  const port = kept ?? (await probe(host, 0));
  if (port !== state.apiServerPort) keepState(folder, { ...state, apiServerPort: port });
  return port;
}

/** Resolves with the port, where one can listen on it. */
function probe(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = errorCode(error);
      const why =
        code === 'EADDRINUSE'
          ? 'is in use by another program'
          : `cannot be listened on (${code ?? error.message})`;
      reject(
        new OperatingError(
          `port ${host}:${port} ${why}; choose another with --set apiServer.port=PORT (0: any)`,
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}
