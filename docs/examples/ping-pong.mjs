// Two actors, each in a thread of its own. Run it: node docs/examples/ping-pong.mjs
import { mkdtempSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { childSpec, supervisorSpec } from 'kubactor/actor';
import { runActor, startSystem } from 'kubactor/host';

const pong = () => ({
  start() {},
  asks: { ping: (call) => call.reply(`pong ${call.request.n}`) },
  tells: {}, streams: {},
});

const ping = (context) => ({
  async start() {
    for (let n = 1; n <= 3; n++) {
      const options = { timeoutMs: 5000, whenDown: 'wait' };
      const answer = await context.ask(context.ref('pong'), 'ping', { n }, options);
      console.log(`ping ${n}: ${answer.ok ? answer.value : answer.error.code}`);
    }
  },
  asks: {}, tells: {}, streams: {},
});

if (isMainThread) {
  const tree = supervisorSpec([childSpec('pong'), childSpec('ping', { links: ['pong'] })]);
  const [entryUrl, logFolder] = [() => new URL(import.meta.url), mkdtempSync('/tmp/ping-')];
  const system = startSystem(tree, { entryUrl, logFolder, logLevel: 'info' }); // Threads run this file too.
  await system.ready(); // Ping is ready when it has played.
  await system.stop();
} else runActor((context) => ({ ping, pong })[context.self.id](context));
