import t from 'tap';
import { checksOf } from '../../src/cli/doctor/checks.js';
import type { MachineFacts } from '../../src/cli/doctor/facts.js';

const GIB = 2 ** 30;
const FINE: MachineFacts = {
  nodeVersion: '20.19.0',
  platform: 'linux',
  openFilesMax: 65_536,
  threadsLeft: Infinity,
  memoryAvailableBytes: 4 * GIB,
  wallMs: Date.UTC(2026, 0, 1),
  folder: {
    root: '/data',
    problem: undefined,
    pid: undefined,
    freeBytes: 20 * GIB,
    syncP50Ms: 1,
    syncP99Ms: 3,
  },
  ports: [{ setting: 'apiServer.port', address: '127.0.0.1:6443', problem: undefined }],
  kernel: {
    userNamespaces: true,
    cgroupControllers: ['cpu', 'memory', 'pids'],
    overlayfs: true,
    ipvs: true,
  },
  programs: ['kubectl', 'systemctl', 'systemd-notify', 'iptables', 'nft', 'ipvsadm'],
  sockets: ['/run/containerd/containerd.sock'],
  isRoot: true,
};

t.test('where all is well there is nothing to do', async (t) => {
  const checks = checksOf(FINE);
  t.same(
    checks.filter(({ level, advice }) => level === 'warn' || level === 'fail' || advice !== null),
    [],
  );
  t.equal(new Set(checks.map(({ name }) => name)).size, checks.length);
});

t.test('each lack is told, as grave as it is, with what to do', async (t) => {
  const { folder, kernel } = FINE;
  const cases: [name: string, level: string, found: RegExp, change: Partial<MachineFacts>][] = [
    ['node', 'fail', /^18\.2/, { nodeVersion: '18.2.0' }],
    ['node', 'fail', /^20\.18/, { nodeVersion: '20.18.9' }],
    ['node', 'ok', /^22/, { nodeVersion: '22.1.0' }],
    ['system', 'warn', /^darwin$/, { platform: 'darwin' }],
    ['open files', 'warn', /^1024, 4096 are better$/, { openFilesMax: 1024 }],
    ['open files', 'info', /^unknown$/, { openFilesMax: undefined }],
    ['threads', 'warn', /^50 more/, { threadsLeft: 50 }],
    ['memory', 'warn', /^100 MiB/, { memoryAvailableBytes: 100 * 2 ** 20 }],
    ['clock', 'fail', /^1970/, { wallMs: 0 }],
    ['data folder', 'fail', /EACCES/, { folder: { ...folder, problem: '/data: EACCES' } }],
    ['data folder', 'info', /pid 7/, { folder: { ...folder, pid: 7 } }],
    ['disk space', 'fail', /^5 MiB free$/, { folder: { ...folder, freeBytes: 5 * 2 ** 20 } }],
    ['disk space', 'warn', /^500 MiB free$/, { folder: { ...folder, freeBytes: 500 * 2 ** 20 } }],
    ['fsync', 'warn', /^p50 1\.00 ms, p99 30\.00 ms$/, { folder: { ...folder, syncP99Ms: 30 } }],
    ['fsync', 'fail', /^p50 900/, { folder: { ...folder, syncP50Ms: 900, syncP99Ms: 950 } }],
    [
      'port apiServer.port',
      'fail',
      /EADDRINUSE/,
      { ports: [{ setting: 'apiServer.port', address: 'a', problem: 'a (EADDRINUSE)' }] },
    ],
    ['kubectl', 'info', /not on the PATH/, { programs: [] }],
    ['service', 'info', /^lacks systemctl, systemd-notify$/, { programs: [] }],
    [
      'runtime embedded',
      'info',
      /^lacks root or user namespaces, cgroup v2 memory, overlayfs; not built yet$/,
      {
        isRoot: false,
        kernel: {
          ...kernel,
          userNamespaces: false,
          cgroupControllers: ['cpu', 'pids'],
          overlayfs: false,
        },
      },
    ],
    ['runtime containerd', 'info', /^lacks \/run\/containerd/, { sockets: [] }],
    ['proxy nftables', 'info', /^lacks root, nft;/, { isRoot: false, programs: [] }],
    ['proxy ipvs', 'info', /^lacks ip_vs in the kernel;/, { kernel: { ...kernel, ipvs: false } }],
  ];
  for (const [name, level, found, change] of cases) {
    const check = checksOf({ ...FINE, ...change }).find((each) => each.name === name);
    t.match(check, { level, found }, `${name}: ${level}`);
    if (level === 'warn' || level === 'fail') t.ok(check?.advice, `${name}: what to do`);
  }
});
