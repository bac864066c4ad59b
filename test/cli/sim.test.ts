import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

t.setTimeout(240_000);

t.test(
  'a signal ends a range of seeds once those under way are played, and all are told',
  async (t) => {
    const seeds = ['--seeds', '1..100000'];
    const run = spawn(process.execPath, [MAIN, 'sim', 'run', ...seeds, '-o', 'json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => run.kill('SIGKILL'));
    const ended = once(run, 'close');
    const lines: unknown[] = [];
    for await (const line of createInterface({ input: run.stdout })) {
      if (lines.length === 0) run.kill('SIGTERM');
      lines.push(JSON.parse(line));
    }
    const last = lines.pop();
    t.same(await ended, [0, null]);
    t.ok(lines.length > 0 && lines.length < 20, `${String(lines.length)} seeds`);
    t.ok(lines.every((line) => (line as { ok?: unknown }).ok === true));
    t.match(last, { faults: Array });
  },
);
