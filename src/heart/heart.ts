import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { daemonEnvironment } from './malloc.js';
import { isStopped } from './stopped.js';
import { verdict, type DaemonExit } from './verdict.js';

/** What the daemon tells its heart. */
export type Beat =
  | { readonly type: 'beat' }
  /** It is up. From now on a silence of more than `silenceMs` means that it has stalled. */
  | { readonly type: 'ready'; readonly silenceMs: number };

/** The heart looks so often within the silence that it bears. */
const LOOKS_PER_SILENCE = 6;

/**
 * Erlang's heart: a small parent that starts the daemon again when the whole process died of an abort, and kills it when
 * it has stalled. If the heart itself dies, the daemon ends at once, as one process would. Returns the exit code.
 */
export async function runHeart(daemonArguments: readonly string[]): Promise<number> {
  const exits: DaemonExit[] = [];
  let stopping = false;
  let child: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    stopping = true;
    child?.kill(signal);
  };
  // Ctrl-C reaches the daemon by itself, through the process group of the terminal.
  process.on('SIGINT', () => {
    if (process.stdin.isTTY) stopping = true;
    else forward('SIGINT');
  });
  process.on('SIGTERM', () => forward('SIGTERM'));
  // The terminal is gone: nobody is left to stop it. A daemon without one reads its settings anew.
  process.on('SIGHUP', () => {
    if (process.stdin.isTTY) forward('SIGTERM');
    else child?.kill('SIGHUP');
  });
  process.on('SIGUSR2', () => child?.kill('SIGUSR2'));
  for (;;) {
    child = startDaemon(daemonArguments);
    exits.push(await lifeOf(child));
    const decision = verdict(exits, stopping);
    if (decision.type === 'exit') {
      if (decision.reason !== undefined) process.stderr.write(`kubactor: ${decision.reason}\n`);
      return decision.code;
    }
    if (decision.death === undefined) continue;
    // The daemon may have left its live line on the terminal.
    const clear = process.stdout.isTTY ? '\r\u001b[2K' : '';
    process.stderr.write(
      `${clear}kubactor: the daemon died of ${decision.death}; starting it again\n`,
    );
  }
}

function startDaemon(daemonArguments: readonly string[]): ChildProcess {
  const entry = fileURLToPath(new URL('../daemon/main.js', import.meta.url));
  return spawn(process.execPath, [entry, ...daemonArguments], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: daemonEnvironment(process.env),
  });
}

function lifeOf(child: ChildProcess): Promise<DaemonExit> {
  let wasReady = false;
  let stalled = false;
  let watch: NodeJS.Timeout | undefined;
  // Looks are counted, not time: where both processes stood still (Ctrl-Z, a night asleep) nobody has stalled. Nor has a
  // daemon that alone was stopped: whoever stopped it lets it go on.
  let silentLooks = 0;
  const look = (): void => {
    if (child.pid !== undefined && isStopped(child.pid)) silentLooks = 0;
    if (++silentLooks <= LOOKS_PER_SILENCE) return;
    stalled = true;
    child.kill('SIGKILL');
  };
  child.on('message', (beat: Beat) => {
    silentLooks = 0;
    if (beat.type !== 'ready') return;
    wasReady = true;
    watch ??= setInterval(look, beat.silenceMs / LOOKS_PER_SILENCE);
  });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve({ code, signal, wasReady, stalled, atMs: performance.now() });
    });
  });
}
