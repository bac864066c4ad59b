import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { temporaryFolder } from './system-of.js';

t.setTimeout(60_000);

const COUNTER = `
import { runActor } from 'kubactor/host';

runActor((context, { from }) => {
  let count = from;
  return {
    start() {},
    tells: {
      fail() {
        throw new Error('told to fail');
      },
    },
    asks: {
      next(call) {
        call.reply({ count: count++, life: context.self.incarnation });
      },
    },
    streams: {},
  };
});
`;

const CALLER = `
import { runActor } from 'kubactor/host';

runActor((context) => {
  const counter = context.ref('counter');
  let seen = [];
  return {
    start() {},
    tells: {},
    asks: {},
    streams: {},
    inject() {
      void (async () => {
        const options = { timeoutMs: 5000, whenDown: 'wait' };
        for (let i = 0; i < 3; i++) seen.push((await context.ask(counter, 'next', {}, options)).value);
        context.tell(counter, 'fail', {});
        context.flush();
        // The first answer of the next life.
        for (;;) {
          const answer = await context.ask(counter, 'next', {}, options);
          if (answer.ok && answer.value.life > 1) {
            seen.push(answer.value);
            return;
          }
        }
      })();
      return { ok: true, value: undefined };
    },
    report: () => ({ seen }),
  };
});
`;

const MAIN = `
import { decide } from 'kubactor/actor';
import { startSystem } from 'kubactor/host';

const child = {
  restart: 'permanent', kind: 'worker', shutdownMs: 1000, startTimeoutMs: 20000, stallMs: 5000, heapMbMax: 64,
};
const system = startSystem(
  {
    id: 'shop', strategy: 'one_for_one', intensity: 3, periodMs: 10000,
    backoff: { minMs: 10, maxMs: 100, factor: 2, jitter: 0 },
    children: [
      { ...child, id: 'counter', component: 'counter', entry: 'counter', config: { from: 7 }, links: [] },
      { ...child, id: 'caller', component: 'caller', entry: 'caller', config: {}, links: ['counter'] },
    ],
  },
  {
    entryUrl: (entry) => new URL('./' + entry + '.mjs', import.meta.url),
    logFolder: new URL('./logs', import.meta.url).pathname,
    logLevel: 'info',
  },
);
await system.ready();
await system.inject('caller', { type: 'go' });
let seen = [];
while (seen.length < 4) seen = (await system.report('caller', 5000)).value.seen;
await system.stop();
console.log(JSON.stringify({ seen, decide: typeof decide, states: system.actors().map((actor) => actor.state) }));
`;

t.test(
  'own actors in plain JavaScript run under supervision, by the names of the package',
  async (t) => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'node_modules'));
    const checkout = path.resolve(fileURLToPath(import.meta.url), '../../../..');
    symlinkSync(checkout, path.join(folder, 'node_modules/kubactor'));
    const manifest = JSON.stringify({ name: 'shop', private: true, type: 'module' });
    const files = {
      'package.json': manifest,
      'counter.mjs': COUNTER,
      'caller.mjs': CALLER,
      'main.mjs': MAIN,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(folder, 'main.mjs')],
      {
        timeout: 30_000,
        // The test runner's own loader has no place in it.
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    t.same(JSON.parse(stdout), {
      seen: [
        { count: 7, life: 1 },
        { count: 8, life: 1 },
        { count: 9, life: 1 },
        { count: 7, life: 2 },
      ],
      decide: 'function',
      states: ['stopped', 'stopped'],
    });
  },
);
