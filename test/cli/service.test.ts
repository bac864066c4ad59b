import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { unitPlace, unitText } from '../../src/cli/service/unit.js';
import { dataFolder } from '../../src/daemon/index.js';
import { installService, serviceStatus, uninstallService } from '../../src/cli/verbs/service.js';

t.test('root gets a system unit, everybody else one of their own', async (t) => {
  const configHome = '/home/me/.config';
  t.match(unitPlace({ name: undefined, uid: 0, configHome }), {
    file: '/etc/systemd/system/kubactor.service',
    systemctlFlags: [],
    wantedBy: 'multi-user.target',
  });
  t.match(unitPlace({ name: 'dev', uid: 1000, configHome }), {
    file: '/home/me/.config/systemd/user/kubactor-dev.service',
    unit: 'kubactor-dev.service',
    systemctlFlags: ['--user'],
    wantedBy: 'default.target',
  });
});

t.test('what systemd would expand in a command line is quoted', async (t) => {
  const place = unitPlace({ name: undefined, uid: 0, configHome: '' });
  const text = unitText(['/usr/bin/node', 'main.js', '--data-dir', '/a b/100%$x"\\'], place);
  t.match(text, String.raw`ExecStart=/usr/bin/node main.js --data-dir "/a b/100%%$$x\"\\"`);
  t.match(text, '\nEnvironment=MALLOC_ARENA_MAX=2\n', 'as its heart would start it');
});

/** A `systemctl` that notes how it was called, since no systemd runs in a test. */
function fakeSystemd(t: Test, script: string): { readonly calls: () => string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-service-'));
  const { PATH, XDG_CONFIG_HOME } = process.env;
  t.teardown(() => {
    rmSync(folder, { recursive: true });
    process.env['PATH'] = PATH;
    if (XDG_CONFIG_HOME === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = XDG_CONFIG_HOME;
  });
  const calls = path.join(folder, 'calls');
  writeFileSync(calls, '');
  for (const [name, body] of [
    ['systemctl', script],
    ['systemd-notify', ''],
  ] as const) {
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> ${calls}\n${body}\n`);
    chmodSync(file, 0o755);
  }
  process.env['PATH'] = `${folder}${path.delimiter}${PATH ?? ''}`;
  process.env['XDG_CONFIG_HOME'] = folder;
  return { calls: () => readFileSync(calls, 'utf8').trim().split('\n') };
}

const options = { json: false, name: 'test-only', file: undefined, set: [], printOnly: false };

t.test('as a user: install, status, uninstall', async (t) => {
  const { calls } = fakeSystemd(
    t,
    'case "$*" in *show*) printf "ActiveState=active\\nSubState=running\\nMainPID=7\\nNRestarts=2\\nStatusText=leader store-0\\n";; esac',
  );
  asUser(t);
  const folder = dataFolder('/data');
  const file = path.join(
    process.env['XDG_CONFIG_HOME'] ?? '',
    'systemd/user/kubactor-test-only.service',
  );
  t.equal(serviceStatus(folder, options), 1);
  t.equal(installService(folder, { ...options, set: ['nodes.count=1'] }), 0);
  t.match(
    readFileSync(file, 'utf8'),
    /^ExecStart=.* --data-dir \/data --name test-only --set nodes\.count=1$/m,
  );
  t.equal(serviceStatus(folder, { ...options, json: true }), 0);
  t.equal(uninstallService(folder, options), 0);
  t.notOk(existsSync(file));
  t.throws(() => uninstallService(folder, options), { exitCode: 1, message: /^no unit / });
  t.same(
    calls().filter((line) => !line.includes('show')),
    [
      'systemd-notify --version',
      'systemctl --user daemon-reload',
      'systemctl --user enable --now kubactor-test-only.service',
      'systemctl --user disable --now kubactor-test-only.service',
      'systemctl --user daemon-reload',
    ],
  );
});

t.test('where systemd refuses, or a setting is wrong, nothing is left behind', async (t) => {
  fakeSystemd(t, 'echo "no bus" >&2; exit 1');
  asUser(t);
  const folder = dataFolder('/data');
  const file = path.join(
    process.env['XDG_CONFIG_HOME'] ?? '',
    'systemd/user/kubactor-test-only.service',
  );
  t.throws(() => installService(folder, options), {
    exitCode: 1,
    message: 'systemctl --user daemon-reload failed: no bus',
  });
  t.throws(() => installService(folder, { ...options, set: ['nodes.count=many'] }), {
    message: /nodes\.count/,
  });
  t.notOk(existsSync(file));
});

/** Who runs the tests may be root, whose units are not for a test to write. */
function asUser(t: Test): void {
  t.intercept(process, 'getuid', { value: () => 1000 });
}
