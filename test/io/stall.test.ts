import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import { child, mainLog, nextEvent, supervisor, temporaryFolder, testSystem } from './system-of.js';

t.setTimeout(60_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

t.test('a stalled actor is ended with the stack of where it is', async (t) => {
  const folder = temporaryFolder();
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const stalls = ['loop', 'regex', 'wait', 'native'];
  const system = testSystem(
    supervisor(
      [
        ...stalls.map((how) => child(how, 'culprit', { file: pipe }, { stallMs: 1000 })),
        child('bystander', 'culprit', {}),
      ],
      { intensity: 10 },
    ),
    folder,
    entryUrl,
  );
  t.teardown(() => system.stop());
  await system.ready();
  const deaths = stalls.map((id) =>
    nextEvent(system, (event) => event.type === 'died' && event.id === id),
  );
  for (const how of stalls) await system.inject(how, { type: how });
  for (const death of deaths.slice(0, 3))
    t.match(await withinMs(20_000, 'the end of the stalled', () => death), {
      cause: 'crash',
      code: 'ERR_STALLED',
      message: /^stalled: its loop has not turned for \d+ ms/,
    });
  const stackOf = (id: string): string | undefined =>
    system.actors().find((actor) => actor.id === id)?.lastCrash?.stack;
  for (const id of ['loop', 'regex', 'wait'])
    t.match(stackOf(id), /^stalled: .*\n {4}at commit \(.*culprit\.cjs:\d+:\d+\)\n/, id);
  t.match(mainLog(system, 'actor died'), [{ stack: /at commit/ }], 'and it is in the log');

  // A system call that blocks cannot be interrupted, so its thread ends when the call does.
  await withinMs(10_000, 'the verdict on the blocked', async () => {
    const given = (): boolean =>
      mainLog(system, 'actor does not work: ending it').some(
        (line) => line['actorId'] === 'native',
      );
    while (!given()) await system.report('bystander', 5000);
  });
  writeFileSync(pipe, 'x');
  const [event] = await withinMs(20_000, 'the end of the blocked', () =>
    Promise.all(deaths.slice(3)),
  );
  t.match(event, { cause: 'crash', message: /^stalled/ });
  t.match(stackOf('native'), /\(no JavaScript stack within 2000 ms: it blocks in native code\)/);
  t.match(system.actors().at(-1), { id: 'bystander', restarts: 0, state: 'running' });
  t.match(await system.report('bystander', 5000), { ok: true });
});

t.test(
  'while main itself stands still no patience ends: nobody has stalled, and an edge has time to die',
  async (t) => {
    const slow = ['worker', 'edge'] as const;
    const system = testSystem(
      supervisor(
        slow.map((kind) => child(kind, 'culprit', {}, { kind, stallMs: 1000 })),
        { intensity: 0 },
      ),
      temporaryFolder(),
      entryUrl,
    );
    t.teardown(() => system.stop());
    await system.ready();
    for (const id of slow) {
      await system.inject(id, { type: 'wait for six seconds' });
      while ((await system.report(id, 20)).ok);
    }
    const killed = system.kill('edge');
    // As if the process was stopped: longer than an edge may take to die.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5700);
    t.same(await killed, { ok: true, value: undefined });
    t.match(await system.report('worker', 5000), { ok: true });
    t.match(system.actors(), [
      { id: 'worker', restarts: 0, state: 'running' },
      { id: 'edge', restarts: 1 },
    ]);
    t.same(mainLog(system, 'an edge does not die: the process has to end'), []);
    t.same(mainLog(system, 'actor does not work: ending it'), []);
  },
);
