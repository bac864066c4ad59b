import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { KUBACTOR } from './cluster.js';

/** `script` runs its command by $SHELL: the same one everywhere. */
const TERMINAL = { TERM: 'xterm', SHELL: '/bin/sh' };

/** A command that goes on by itself, as one that follows does, and what it has printed so far. */
export class RunningCommand {
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';

  constructor(command: string, args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#child.stdin.on('error', () => undefined);
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'SIGKILL');
      });
    });
    // Who does not wait for it is not told.
    this.exited.catch(() => undefined);
  }

  get output(): string {
    return this.#output;
  }

  get lines(): string[] {
    return this.#output.split('\n').filter((line) => line !== '');
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it, however it is. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}

export function runningKubactor(...args: string[]): RunningCommand {
  return new RunningCommand(process.execPath, [KUBACTOR, ...args]);
}

/**
 * The same with a terminal of its own, whose keys are what is typed. `exec`: some shells (dash) stay as its parent, and Ctrl-C
 * would end the shell before the command.
 */
export function kubactorOnTerminal(
  args: readonly string[],
  env: Record<string, string> = {},
): RunningCommand {
  const line = ['exec', ...[process.execPath, KUBACTOR, ...args].map(quoted)].join(' ');
  return new RunningCommand('script', ['-qefc', line, '/dev/null'], { ...TERMINAL, ...env });
}

/** Why tests with a terminal cannot run here; false where they can. */
export function withoutTerminal(): string | false {
  const { status } = spawnSync('script', ['-qefc', 'true', '/dev/null'], {
    env: { ...process.env, ...TERMINAL },
  });
  return status === 0 ? false : 'util-linux `script` is not on this machine';
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
