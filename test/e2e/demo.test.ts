import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { KUBACTOR, run } from './cluster.js';

t.test(
  'the tour kills a leader, explains the election, loses nothing, and exits 0',
  { timeout: 120_000 },
  async (t) => {
    const { code, stdout, stderr } = await run(process.execPath, [KUBACTOR, 'demo']);
    t.equal(code, 0, stdout + stderr);
    t.match(stdout, /cause: leader-crash/);
    t.match(stdout, /the longest gap was \d+ ms/);
    t.match(stdout, /Passed: nothing that was acknowledged is lost\./);
  },
);

t.test(
  'a tour that is ended before its time takes its cluster and its folder with it',
  { timeout: 120_000 },
  async (t) => {
    const tour = spawn(process.execPath, [KUBACTOR, 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.teardown(() => tour.kill('SIGKILL'));
    let output = '';
    let errors = '';
    tour.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    tour.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (/ready after/.test(output) && tour.exitCode === null) tour.kill('SIGTERM');
    });
    // The daemon has the same stderr: it closes when both processes have ended.
    const code = await new Promise((resolve) => tour.once('close', resolve));
    t.equal(code, 1, output);
    t.match(errors, /^kubactor: the tour was ended by SIGTERM$/m);
    const folder = /A cluster in (\S+) …/.exec(output)?.[1] ?? '';
    t.match(folder, /kubactor-demo-/);
    t.notOk(existsSync(folder), 'its folder is gone');
  },
);
