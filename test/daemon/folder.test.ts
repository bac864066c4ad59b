import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import {
  dataFolder,
  dataFolderPath,
  lockFolder,
  prepareDataFolder,
  readKeptState,
} from '../../src/daemon/index.js';

function temporary(t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-folder-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

t.test(
  'the data folder is the flag, the environment, the state home, or the default',
  async (t) => {
    t.equal(dataFolderPath('/a', { KUBACTOR_DATA_DIR: '/b' }), '/a');
    t.equal(dataFolderPath(undefined, { KUBACTOR_DATA_DIR: '/b', XDG_STATE_HOME: '/c' }), '/b');
    t.equal(dataFolderPath(undefined, { XDG_STATE_HOME: '/c' }), '/c/kubactor');
    t.match(dataFolderPath(undefined, {}), /kubactor$/);
  },
);

t.test('a new folder gets a version and is for its owner only', async (t) => {
  const folder = dataFolder(path.join(temporary(t), 'inner'));
  prepareDataFolder(folder);
  t.equal(readFileSync(path.join(folder.root, 'VERSION'), 'utf8'), '1\n');
  t.equal(statSync(folder.root).mode & 0o777, 0o700);
  t.equal(readKeptState(folder).clusterId, readKeptState(folder).clusterId, 'chosen once');
});

t.test('newer or strange data is refused, and nothing is touched', async (t) => {
  const folder = dataFolder(temporary(t));
  for (const [version, message] of [
    ['2', /reads up to 1/],
    ['soup', /which is no version/],
  ] as const) {
    writeFileSync(path.join(folder.root, 'VERSION'), version);
    t.throws(() => prepareDataFolder(folder), { name: 'OperatingError', message, exitCode: 1 });
    t.notOk(existsSync(folder.pki));
  }
});

t.test('a folder is locked once, and the holder is named', async (t) => {
  const root = temporary(t);
  const lock = await lockFolder(root);
  await t.rejects(lockFolder(root), {
    message: new RegExp(`in use by another kubactor \\(pid ${process.pid}\\)`),
  });
  lock.release();
  (await lockFolder(root)).release();
});

t.test('the kernel releases the lock of a process that was killed', async (t) => {
  const root = temporary(t);
  const index = fileURLToPath(new URL('../../src/daemon/index.js', import.meta.url));
  const script = `import('${index}').then(async ({ lockFolder }) => { await lockFolder(${JSON.stringify(root)}); process.kill(process.pid, 'SIGKILL'); })`;
  t.equal(spawnSync(process.execPath, ['-e', script]).signal, 'SIGKILL');
  (await lockFolder(root)).release();
});
