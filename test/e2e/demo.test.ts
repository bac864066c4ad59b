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
