import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { freemem } from 'node:os';
import path from 'node:path';
import { askDaemon, errorCode, type ClusterConfig, type DataFolder } from '../../daemon/index.js';
import type { FolderFacts, KernelFacts, MachineFacts, PortFacts } from './facts.js';

const PROGRAMS = ['kubectl', 'systemctl', 'systemd-notify', 'iptables', 'nft', 'ipvsadm'];
const SOCKETS = ['/run/containerd/containerd.sock'];
const SYNCS = 40;
const ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device: free some of its disk',
  EROFS: 'read-only file system: mount it for writing',
};

/** Looks at this machine. Writes nothing but one file in the data folder (or where it is to be), which it removes. */
export async function lookAround(folder: DataFolder, config: ClusterConfig): Promise<MachineFacts> {
  const pid = await askDaemon(folder, { verb: 'status' }, 5000).then(
    (status) => status.pid,
    () => undefined,
  );
  const limits = readText('/proc/self/limits') ?? '';
  return {
    nodeVersion: process.versions.node,
    platform: process.platform,
    openFilesMax: limitOf(limits, 'Max open files'),
    threadsLeft: threadsLeft(limits),
    memoryAvailableBytes: memoryAvailable(),
    wallMs: Date.now(),
    folder: folderFacts(folder.root, pid),
    // What a running daemon listens on is not free, and is meant to be.
    ports: pid === undefined ? await portFacts(config) : [],
    kernel: kernelFacts(),
    programs: PROGRAMS.filter(isOnPath),
    sockets: SOCKETS.filter((socket) => existsSync(socket)),
    isRoot: process.getuid?.() === 0,
  };
}

function folderFacts(root: string, pid: number | undefined): FolderFacts {
  const unknown = { freeBytes: undefined, syncP50Ms: undefined, syncP99Ms: undefined };
  // One that is not there yet will be made in the nearest folder that is.
  let at = root;
  while (!existsSync(at) && at !== path.dirname(at)) at = path.dirname(at);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(at);
    const syncs = measureSyncs(path.join(at, `.kubactor-doctor-${process.pid}`));
    const quantile = (share: number): number | undefined => syncs[Math.floor(share * syncs.length)];
    return {
      root,
      problem: undefined,
      pid,
      freeBytes: bavail * bsize,
      syncP50Ms: quantile(0.5),
      syncP99Ms: quantile(0.99),
    };
  } catch (error) {
    const code = errorCode(error);
    const problem = `${at}: cannot be written (${ERRORS[code ?? ''] ?? code ?? String(error)})`;
    return { root, problem, pid, ...unknown };
  }
}

function measureSyncs(file: string): number[] {
  const handle = openSync(file, 'wx', 0o600);
  try {
    const page = Buffer.alloc(4096, 1);
    const times = Array.from({ length: SYNCS }, () => {
      const beganMs = performance.now();
      writeSync(handle, page);
      fdatasyncSync(handle);
      return performance.now() - beganMs;
    });
    return times.sort((a, b) => a - b);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}

async function portFacts({ apiServer, etcd }: ClusterConfig): Promise<PortFacts[]> {
  const wanted = [
    { setting: 'apiServer.port', port: apiServer.port },
    ...(etcd.enabled ? etcd.ports.map((port) => ({ setting: 'etcd.ports', port })) : []),
  ];
  return Promise.all(
    wanted
      .filter(({ port }) => port !== 0)
      .map(async ({ setting, port }) => {
        const address = `${apiServer.host}:${port}`;
        const code = await listenProblem(apiServer.host, port);
        return {
          setting,
          address,
          problem: code === undefined ? undefined : `${address} cannot be listened on (${code})`,
        };
      }),
  );
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorCode(error) ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function kernelFacts(): KernelFacts {
  const namespaces = Number(readText('/proc/sys/user/max_user_namespaces') ?? 0);
  const isForbidden = readText('/proc/sys/kernel/unprivileged_userns_clone')?.trim() === '0';
  const controllers = readText('/sys/fs/cgroup/cgroup.controllers')?.trim() ?? '';
  return {
    userNamespaces: namespaces > 0 && !isForbidden,
    cgroupControllers: controllers === '' ? [] : controllers.split(' '),
    overlayfs: /\boverlay$/m.test(readText('/proc/filesystems') ?? ''),
    ipvs: existsSync('/proc/net/ip_vs'),
  };
}

function threadsLeft(limits: string): number | undefined {
  const cgroupMax = Number(readText('/sys/fs/cgroup/pids.max')?.trim().replace('max', 'Infinity'));
  const cgroupNow = Number(readText('/sys/fs/cgroup/pids.current') ?? 0);
  const ofUser = limitOf(limits, 'Max processes');
  if (ofUser === undefined) return undefined;
  return Math.min(ofUser, Number.isNaN(cgroupMax) ? Infinity : cgroupMax - cgroupNow);
}

function memoryAvailable(): number {
  const kilobytes = /^MemAvailable: +(\d+)/m.exec(readText('/proc/meminfo') ?? '')?.[1];
  const ofMachine = kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  const max = Number(readText('/sys/fs/cgroup/memory.max')?.trim().replace('max', 'Infinity'));
  const now = Number(readText('/sys/fs/cgroup/memory.current') ?? 0);
  return Math.min(ofMachine, Number.isNaN(max) ? Infinity : max - now);
}

/** The soft limit. */
function limitOf(limits: string, name: string): number | undefined {
  const text = new RegExp(`^${name} +(\\S+)`, 'm').exec(limits)?.[1];
  if (text === undefined) return undefined;
  return text === 'unlimited' ? Infinity : Number(text);
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => folder !== '' && existsSync(path.join(folder, name)));
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
