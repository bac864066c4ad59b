import type { KernelFacts, MachineFacts } from './facts.js';

/** `fail`: it will not run so. `warn`: it will, but not well. `info`: what this machine lacks for something that is not in use. */
export type CheckLevel = 'ok' | 'info' | 'warn' | 'fail';

export interface Check {
  readonly name: string;
  readonly level: CheckLevel;
  readonly found: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
}

const MIB = 1024 * 1024;
const OPEN_FILES = 4096;
/** Thirteen actors, their spares and main, each with the threads that Node gives it. */
const THREADS = 200;
const MEMORY_BYTES = 512 * MIB;
const DISK_FAIL_BYTES = 100 * MIB;
const DISK_WARN_BYTES = 1024 * MIB;
/** etcd's advice: the 99th percentile of a sync below 10 ms. */
const SYNC_WARN_MS = 10;
/** Half of the default election timeout. */
const SYNC_FAIL_MS = 500;
/** No clock of a machine that was set is before this. */
const CLOCK_MIN_MS = Date.UTC(2025, 0, 1);

/** Judges what was found. Pure. */
export function checksOf(facts: MachineFacts): Check[] {
  return [
    nodeVersion(facts),
    facts.platform === 'linux'
      ? good('system', 'linux')
      : check('warn', 'system', facts.platform, 'tested on Linux only'),
    atLeast('open files', facts.openFilesMax, OPEN_FILES, String, 'raise `ulimit -n`'),
    atLeast(
      'threads',
      facts.threadsLeft,
      THREADS,
      (n) => `${n} more`,
      'raise `ulimit -u` or the cgroup’s pids.max',
    ),
    atLeast(
      'memory',
      facts.memoryAvailableBytes,
      MEMORY_BYTES,
      mebibytes,
      'a cluster of 13 actors takes about 220 MB; close something',
    ),
    facts.wallMs >= CLOCK_MIN_MS
      ? good('clock', new Date(facts.wallMs).toISOString())
      : check(
          'fail',
          'clock',
          new Date(facts.wallMs).toISOString(),
          'set the clock: certificates depend on it',
        ),
    ...folderChecks(facts),
    ...facts.ports.map(({ setting, address, problem }) =>
      problem === undefined
        ? good(`port ${setting}`, `${address} is free`)
        : check(
            'fail',
            `port ${setting}`,
            problem,
            `stop what uses it, or choose another with --set ${setting}=PORT (0: any)`,
          ),
    ),
    facts.programs.includes('kubectl')
      ? good('kubectl', 'on the PATH')
      : check('info', 'kubectl', 'not on the PATH', 'https://kubernetes.io/docs/tasks/tools/'),
    needs('service', facts, [
      ['systemctl', (f) => f.programs.includes('systemctl')],
      ['systemd-notify', (f) => f.programs.includes('systemd-notify')],
    ]),
    good('runtime simulated', 'needs nothing'),
    needs('runtime embedded', facts, EMBEDDED, 'not built yet'),
    needs(
      'runtime containerd',
      facts,
      [
        [
          '/run/containerd/containerd.sock',
          (f) => f.sockets.includes('/run/containerd/containerd.sock'),
        ],
      ],
      'not built yet',
    ),
    good('proxy auto', 'computes rules only, needs nothing'),
    needs('proxy userspace', facts, [], 'not built yet'),
    needs('proxy iptables', facts, [ROOT, program('iptables')], 'not built yet'),
    needs('proxy nftables', facts, [ROOT, program('nft')], 'not built yet'),
    needs(
      'proxy ipvs',
      facts,
      [ROOT, program('ipvsadm'), ['ip_vs in the kernel', (f) => f.kernel.ipvs]],
      'not built yet',
    ),
  ];
}

type Need = readonly [name: string, has: (facts: MachineFacts) => boolean];

const ROOT: Need = ['root', (facts) => facts.isRoot];

const EMBEDDED: readonly Need[] = [
  ['root or user namespaces', ({ isRoot, kernel }) => isRoot || kernel.userNamespaces],
  ...(['cpu', 'memory', 'pids'] as const).map(
    (name): Need => [`cgroup v2 ${name}`, ({ kernel }) => hasController(kernel, name)],
  ),
  ['overlayfs', ({ kernel }) => kernel.overlayfs],
];

function program(name: string): Need {
  return [name, (facts) => facts.programs.includes(name)];
}

function hasController({ cgroupControllers }: KernelFacts, name: string): boolean {
  return cgroupControllers.includes(name);
}

function nodeVersion({ nodeVersion: version }: MachineFacts): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  return isOld
    ? check('fail', 'node', version, 'install Node 20.19 or newer')
    : good('node', version);
}

function folderChecks({ folder }: MachineFacts): Check[] {
  const { root, problem, pid, freeBytes, syncP50Ms, syncP99Ms } = folder;
  if (problem !== undefined)
    return [check('fail', 'data folder', problem, 'mend it, or choose another --data-dir')];
  const owner =
    pid === undefined
      ? good('data folder', root)
      : check('info', 'data folder', `${root}, in use by kubactor (pid ${pid})`, null);
  return [owner, diskSpace(freeBytes), syncSpeed(syncP50Ms, syncP99Ms)];
}

function diskSpace(freeBytes: number | undefined): Check {
  if (freeBytes === undefined) return check('info', 'disk space', 'unknown', null);
  const found = `${mebibytes(freeBytes)} free`;
  const advice = 'make room: a full disk stops all writes';
  if (freeBytes < DISK_FAIL_BYTES) return check('fail', 'disk space', found, advice);
  return freeBytes < DISK_WARN_BYTES
    ? check('warn', 'disk space', found, advice)
    : good('disk space', found);
}

function syncSpeed(p50Ms: number | undefined, p99Ms: number | undefined): Check {
  if (p50Ms === undefined || p99Ms === undefined)
    return check('info', 'fsync', 'not measured', null);
  const found = `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`;
  const advice =
    'every write waits for it: use a faster disk, or raise store.electionTicks so that leaders are not taken for dead';
  if (p50Ms > SYNC_FAIL_MS) return check('fail', 'fsync', found, advice);
  return p99Ms > SYNC_WARN_MS ? check('warn', 'fsync', found, advice) : good('fsync', found);
}

function atLeast(
  name: string,
  value: number | undefined,
  wanted: number,
  shown: (value: number) => string,
  advice: string,
): Check {
  if (value === undefined) return check('info', name, 'unknown', null);
  return value >= wanted
    ? good(name, shown(value))
    : check('warn', name, `${shown(value)}, ${shown(wanted)} are better`, advice);
}

/** What is missing for something that is not in use is no failure. */
function needs(name: string, facts: MachineFacts, wanted: readonly Need[], note?: string): Check {
  const missing = wanted.filter(([, has]) => !has(facts)).map(([need]) => need);
  const lacks =
    missing.length === 0 ? 'this machine has what it needs' : `lacks ${missing.join(', ')}`;
  if (missing.length === 0 && note === undefined) return good(name, lacks);
  return check('info', name, note === undefined ? lacks : `${lacks}; ${note}`, null);
}

function good(name: string, found: string): Check {
  return check('ok', name, found, null);
}

function check(level: CheckLevel, name: string, found: string, advice: string | null): Check {
  return { name, level, found, advice };
}

function mebibytes(bytes: number): string {
  return bytes === Infinity ? 'no limit' : `${Math.floor(bytes / MIB)} MiB`;
}
