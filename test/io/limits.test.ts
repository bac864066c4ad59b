import path from 'node:path';
import t from 'tap';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import { child, nextEvent, supervisor, temporaryFolder, testSystem } from './system-of.js';

t.setTimeout(240_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

t.test('an actor that takes too much memory is ended, alone', async (t) => {
  const memory = { message: /^out of memory|due to reaching memory limit/ };
  const leaks = [
    ['buffers', { message: /^its buffers hold \d+ MB, more than 64 MB|^out of memory/ }],
    ['buffers without end', { ...memory, code: 'ERR_MEMORY_LIMIT' }],
    ['heap', memory],
    // What has to grow as a whole aborts the process where it meets V8's own limit.
    ['map', memory],
    ['keys', memory],
    ['heap in turns', { ...memory, code: 'ERR_WORKER_OUT_OF_MEMORY' }],
  ] as const;
  const system = testSystem(
    supervisor(
      [
        // Collecting garbage near a limit takes long on a busy machine: that is not to count as a stall first.
        child('leak', 'culprit', {}, { heapMbMax: 64, stallMs: 60_000 }),
        child('bystander', 'culprit', {}),
      ],
      {
        intensity: 10,
        backoff: { minMs: 1, maxMs: 1, factor: 1, jitter: 0 },
      },
    ),
    temporaryFolder(),
    entryUrl,
  );
  t.teardown(() => system.stop());
  await system.ready();
  for (const [how, death] of leaks) {
    const died = nextEvent(system, (event) => event.type === 'died');
    const ready = nextEvent(system, (event) => event.type === 'ready');
    await system.inject('leak', { type: how });
    t.match(
      await withinMs(60_000, `the end of ${how}`, () => died),
      { id: 'leak', cause: 'crash', ...death },
      how,
    );
    await ready;
  }
  t.match(system.actors(), [
    { id: 'leak', state: 'running', restarts: leaks.length },
    { id: 'bystander', state: 'running', restarts: 0 },
  ]);
  t.match(await system.report('bystander', 5000), { ok: true });
});
