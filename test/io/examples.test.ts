import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

/** The examples import the package by its name, as anybody would who has installed it. */
const root = fileURLToPath(new URL('../../../', import.meta.url));
const LINES_MAX = 30;

const printed: Readonly<Record<string, readonly string[]>> = {
  'ping-pong': ['ping 1: pong 1', 'ping 2: pong 2', 'ping 3: pong 3'],
  counter: ['1', '2', '3', 'actor-down', '4', '5'],
  crash: [
    'life 1: out of luck, the next in 0 ms',
    'life 2: out of luck, the next in 50 ms',
    'life 3: out of luck, the next in 100 ms',
    'life 4: out of luck, the last',
    '4 crashes within 5 s, the last of worker: out of luck',
  ],
};

for (const [name, lines] of Object.entries(printed)) {
  t.test(`example ${name}: prints what it says`, async (t) => {
    const file = path.join(root, 'docs/examples', `${name}.mjs`);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
      timeout: 120_000,
    });
    t.same(stdout.trim().split('\n'), lines);
    t.equal(stderr, '');
    t.ok(readFileSync(file, 'utf8').trim().split('\n').length <= LINES_MAX, 'it is short');
    const docs = readFileSync(path.join(root, 'docs/actor.md'), 'utf8');
    t.ok(docs.includes(`examples/${name}.mjs`), 'docs/actor.md leads to it');
  });
}
