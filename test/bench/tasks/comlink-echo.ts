import { expose } from 'comlink';
import { parentPort, type MessagePort } from 'node:worker_threads';

parentPort?.once('message', (port: MessagePort) => {
  expose({ echo: (n: number) => n }, port);
});
