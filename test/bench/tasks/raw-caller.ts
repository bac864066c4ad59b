// Does over a bare MessagePort what the caller does over a link: the least that two threads can do for each other.
import { parentPort, type MessagePort } from 'node:worker_threads';
import { benchItem } from '../bench-protocol.js';
import { IN_FLIGHT_MAX, type RawAnswer, type RawOrder } from '../raw-port.js';

parentPort?.once('message', (port: MessagePort) => {
  let onAnswer: (answer: RawAnswer) => void = () => undefined;
  port.on('message', (answer: RawAnswer) => {
    onAnswer(answer);
  });
  let seen = 0;
  const orders = {
    asks: (count: number, done: () => void) => {
      let n = 0;
      const next = (): void => {
        if (n === count) done();
        else port.postMessage({ ask: n++ });
      };
      onAnswer = next;
      next();
    },
    tells: (count: number, done: () => void) => {
      const target = seen + count;
      let sent = seen;
      const more = (): void => {
        while (sent < target && sent - seen < IN_FLIGHT_MAX) port.postMessage(benchItem(sent++));
      };
      onAnswer = (answer) => {
        if ('seen' in answer) seen = answer.seen;
        if (seen === target) done();
        else more();
      };
      more();
    },
  };
  parentPort?.on('message', ({ type, count }: RawOrder) => {
    const beganMs = performance.now();
    orders[type](count, () => parentPort?.postMessage({ tookMs: performance.now() - beganMs }));
  });
});
