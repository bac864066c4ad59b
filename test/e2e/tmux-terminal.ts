import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KUBACTOR, run } from './cluster.js';

/** A real terminal emulator with one command in it: what a person would see, row by row. */
export class TmuxTerminal {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'kubactor-tmux-'));
  readonly #exitFile = path.join(this.#folder, 'exit');

  /** `env`: assignments for the command alone. */
  async start(args: readonly string[], env: readonly string[] = []): Promise<void> {
    const own = ['env', ...env, process.execPath, KUBACTOR, ...args].join(' ');
    // tmux does not always notice at once that a command has ended: the shell writes down how.
    const command = `${own}; echo $? > ${this.#exitFile}`;
    // The pane stays when its command has ended, so that its last words can be read.
    await this.#tmux(
      ...['new-session', '-d', '-x', '80', '-y', '24', command],
      ...[';', 'set-option', 'remain-on-exit', 'on'],
    );
  }

  /** The rows as they stand there now; with their colours where `escapes`. */
  async rows({ escapes = false } = {}): Promise<string[]> {
    const text = await this.#tmux('capture-pane', '-p', ...(escapes ? ['-e'] : []));
    return text.split('\n');
  }

  /** Of the command; undefined while it runs. */
  exitCode(): number | undefined {
    const text = existsSync(this.#exitFile) ? readFileSync(this.#exitFile, 'utf8') : '';
    return text === '' ? undefined : Number(text);
  }

  async type(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async stop(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const socket = path.join(this.#folder, 'socket');
    const { code, stdout, stderr } = await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      SHELL: '/bin/sh',
      LC_ALL: 'C.UTF-8',
    });
    if (code !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}

/** Why tests with tmux cannot run here; false where they can. */
export function withoutTmux(): string | false {
  return spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not on this machine';
}
