import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { verdict, type DaemonExit } from './verdict.js';

/** A daemon whose main thread is silent for this long has stalled. It sends a beat every two seconds. */
const SILENCE_MS = 30_000;
const LOOK_MS = 5_000;

/** What the daemon tells its heart. */
export type Beat = 'beat' | 'ready';

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
  for (;;) {
    child = startDaemon(daemonArguments);
    exits.push(await lifeOf(child));
    const decision = verdict(exits, stopping);
    if (decision.type === 'exit') {
      if (decision.reason !== undefined) process.stderr.write(`kubactor: ${decision.reason}\n`);
      return decision.code;
    }
    process.stderr.write(
      `kubactor: the daemon died of ${exits.at(-1)?.signal ?? 'a bug of its own'}; starting it again\n`,
    );
  }
}

function startDaemon(daemonArguments: readonly string[]): ChildProcess {
  const entry = fileURLToPath(new URL('../daemon/main.js', import.meta.url));
  return spawn(process.execPath, [entry, ...daemonArguments], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function lifeOf(child: ChildProcess): Promise<DaemonExit> {
  let wasReady = false;
  let lastBeat = performance.now();
  child.on('message', (beat: Beat) => {
    lastBeat = performance.now();
    if (beat === 'ready') wasReady = true;
  });
  const watch = setInterval(() => {
    if (wasReady && performance.now() - lastBeat > SILENCE_MS) child.kill('SIGKILL');
  }, LOOK_MS);
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      resolve({ code, signal, wasReady, atMs: performance.now() });
    });
  });
}
