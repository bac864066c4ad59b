import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { migrateDataFolder, type Migration } from '../../src/daemon/folder/migrations.js';
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
    const named = { KUBACTOR_DATA_DIR: '/b', XDG_STATE_HOME: '/c' };
    t.equal(dataFolderPath(undefined, named, 'dev'), '/c/kubactor-dev');
    t.equal(dataFolderPath('/a', named, 'dev'), '/a');
    for (const name of ['../x', '', 'A', 'a-', '-a'])
      t.throws(() => dataFolderPath(undefined, {}, name), { exitCode: 2, message: /^--name / });
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

/** Two steps, as programs to come may have them: the state file gets another name, then another form. */
const STEPS: readonly Migration[] = [
  {
    from: 1,
    what: 'state.json is called kept.json',
    run(root) {
      const old = path.join(root, 'state.json');
      if (!existsSync(old)) return;
      writeFileSync(path.join(root, 'kept.json'), readFileSync(old));
      rmSync(old);
    },
  },
  {
    from: 2,
    what: 'kept.json has a version',
    run(root) {
      const file = path.join(root, 'kept.json');
      const state = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...state, version: 3 }));
    },
  },
];

function formerFolder(t: Test): string {
  const root = temporary(t);
  writeFileSync(path.join(root, 'VERSION'), '1\n');
  writeFileSync(path.join(root, 'state.json'), JSON.stringify({ clusterId: '7' }));
  return root;
}

t.test('a folder of a former format is brought up to date, step by step', async (t) => {
  const root = formerFolder(t);
  const lines: string[] = [];
  migrateDataFolder(root, (line) => lines.push(line), STEPS);
  t.same(lines, [
    'upgrading the data folder from version 1 to 2: state.json is called kept.json',
    'upgrading the data folder from version 2 to 3: kept.json has a version',
  ]);
  t.same(JSON.parse(readFileSync(path.join(root, 'kept.json'), 'utf8')), {
    clusterId: '7',
    version: 3,
  });
  t.equal(readFileSync(path.join(root, 'VERSION'), 'utf8'), '3\n');
  migrateDataFolder(root, () => t.fail('there is nothing left to do'), STEPS);
  t.throws(() => prepareDataFolder(dataFolder(root)), { message: /has version 3.* reads up to 1/ });
});

t.test('an upgrade that was ended midway goes on where it was', async (t) => {
  const root = formerFolder(t);
  const [first, second] = STEPS as [Migration, Migration];
  const dying = {
    ...second,
    run: () => {
      throw new Error('ended midway');
    },
  };
  t.throws(() => migrateDataFolder(root, () => undefined, [first, dying]), /ended midway/);
  t.equal(readFileSync(path.join(root, 'VERSION'), 'utf8'), '2\n');
  const lines: string[] = [];
  migrateDataFolder(root, (line) => lines.push(line), STEPS);
  t.equal(lines.length, 1);
  t.equal(readFileSync(path.join(root, 'VERSION'), 'utf8'), '3\n');
});

const DAEMON = fileURLToPath(new URL('../../src/daemon/main.js', import.meta.url));

t.test('a folder that cannot be written is told in one line', async (t) => {
  const cases: [name: string, message: RegExp, prepare: (root: string) => void][] = [
    [
      'a full disk at the first file',
      /the disk is full \(ENOSPC\)$/,
      (root) => symlinkSync('/dev/full', path.join(root, 'VERSION.tmp')),
    ],
    [
      'a full disk later on',
      /the disk is full \(ENOSPC\)$/,
      (root) => {
        mkdirSync(path.join(root, 'pki'));
        symlinkSync('/dev/full', path.join(root, 'pki/ca.key.tmp'));
      },
    ],
    [
      'a file in its place',
      /there is a file of that name \(EEXIST\)$/,
      (root) => {
        rmSync(root, { recursive: true });
        writeFileSync(root, '');
      },
    ],
  ];
  if (process.getuid?.() !== 0)
    cases.push(['read-only', /no permission \(EACCES\)$/, (root) => chmodSync(root, 0o500)]);
  for (const [name, message, prepare] of cases) {
    const root = temporary(t);
    prepare(root);
    const { status, stderr } = spawnSync(process.execPath, [DAEMON, '--data-dir', root], {
      encoding: 'utf8',
    });
    t.equal(status, 1, name);
    t.match(stderr.trimEnd(), message, name);
    t.match(stderr.trimEnd().split('\n'), [/^kubactor: data folder .*: cannot be written: /], name);
  }
});
