import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { KUBACTOR, run, type Output } from './cluster.js';

interface Line {
  readonly name: string | null;
  readonly state: string;
  readonly folder: string;
}

t.test(
  'clusters of several names run side by side, and ls knows them',
  { timeout: 120_000 },
  async (t) => {
    const home = mkdtempSync(path.join(tmpdir(), 'kubactor-named-'));
    t.teardown(() =>
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
    );
    const kubactor = (...args: string[]): Promise<Output> =>
      run(process.execPath, [KUBACTOR, ...args], { XDG_STATE_HOME: home });
    const ls = async (): Promise<Line[]> =>
      JSON.parse((await kubactor('ls', '-o', 'json')).stdout) as Line[];
    t.same(await ls(), []);
    t.teardown(() => Promise.all(['one', 'two'].map((name) => kubactor('stop', '--name', name))));
    for (const name of ['one', 'two']) {
      const flags = ['--set', 'apiServer.port=0', '--set', 'nodes.count=0'];
      const started = await kubactor('start', '--detach', '--name', name, ...flags);
      t.equal(started.code, 0, started.stderr);
    }
    const folders = ['one', 'two'].map((name) => path.join(home, `kubactor-${name}`));
    t.match(await ls(), [
      { name: 'one', state: 'ready', folder: folders[0] },
      { name: 'two', state: 'ready', folder: folders[1] },
    ]);
    t.match(parse(readFileSync(path.join(folders[0] ?? '', 'kubeconfig.yaml'), 'utf8')), {
      'current-context': 'kubactor-one',
    });
    t.match(await kubactor('stop', '--name', 'one'), { code: 0 });
    t.match(await ls(), [{ state: 'stopped' }, { state: 'ready' }]);
    t.match(
      (await kubactor('ls')).stdout,
      /^one +stopped +- +- +\S+kubactor-one\ntwo +ready +\d+ /m,
    );
    t.match(await kubactor('status', '--name', 'TWO'), {
      code: 2,
      stderr: /^kubactor: --name TWO/,
    });
  },
);
