// The other end of a bare MessagePort: answers what has an `ask`, and acknowledges every so many of the rest.
import { parentPort, type MessagePort } from 'node:worker_threads';
import { ACKNOWLEDGE_EVERY, type RawMessage } from '../raw-port.js';

parentPort?.once('message', (port: MessagePort) => {
  let seen = 0;
  port.on('message', (message: RawMessage) => {
    if ('ask' in message) port.postMessage({ reply: message.ask });
    else if (++seen % ACKNOWLEDGE_EVERY === 0) port.postMessage({ seen });
  });
});
