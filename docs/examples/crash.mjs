// A worker that crashes on purpose, until its supervisor gives up. Run it: node docs/examples/crash.mjs
import { mkdtempSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { childSpec, supervisorSpec } from 'kubactor/actor';
import { runActor, startSystem } from 'kubactor/host';

const worker = (context) => ({
  start() {
    context.clock.after(10, () => {
      throw new Error('out of luck');
    });
  },
  tells: {}, asks: {}, streams: {},
});

if (isMainThread) {
  const backoff = { minMs: 50, maxMs: 1000, factor: 2, jitter: 0 };
  const tree = supervisorSpec([childSpec('worker')], { intensity: 3, periodMs: 5000, backoff });
  const [entryUrl, logFolder] = [() => new URL(import.meta.url), mkdtempSync('/tmp/crash-')];
  const system = startSystem(tree, { entryUrl, logFolder, logLevel: 'info' });
  system.onEvent((event) => {
    if (event.type !== 'died') return;
    const next = event.restartInMs === undefined ? 'the last' : `the next in ${event.restartInMs} ms`;
    console.log(`life ${event.incarnation}: ${event.message}, ${next}`);
  });
  const { failure } = await system.ended;
  console.log(failure);
} else runActor(worker);
