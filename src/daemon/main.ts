import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadConfig } from './config/index.js';
import { startDaemon, type Daemon } from './daemon.js';
import { CRASH_EXIT_CODE, OperatingError } from './failure.js';
import { dataFolder, dataFolderPath } from './folder/index.js';
import { keepLiveLine } from './live-line.js';

/** Heart's beat: design section 3. */
const BEAT_MS = 2000;

/** How long a crashing daemon waits for its actors. */
const CRASH_PATIENCE_MS = 10_000;

/** The process that is the cluster. `kubactor start` runs it under a heart. */
async function main(): Promise<void> {
  process.title = 'kubactor';
  followHeart();
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      file: { type: 'string', short: 'f' },
      set: { type: 'string', multiple: true },
    },
  });
  const loaded = loadConfig({ file: values.file, set: values.set ?? [], environment: process.env });
  if (!loaded.ok) {
    for (const line of loaded.error) process.stderr.write(`${line}\n`);
    process.exit(2);
  }
  const run = new Run();
  process.on('SIGINT', () => run.stop());
  process.on('SIGTERM', () => run.stop());
  process.on('uncaughtException', (error) => void run.crash(error));
  const folder = dataFolder(dataFolderPath(values['data-dir'], process.env));
  const daemon = await startDaemon({
    config: loaded.value.config,
    folder,
    version: packageVersion(),
    progress: say,
    onStopRequest: () => run.stop(),
  });
  run.started(daemon);
  daemon.ready.then(
    () => {
      process.send?.('ready');
      announce(daemon.url, folder.kubeconfig);
      if (process.stdout.isTTY) run.endLine = keepLiveLine(process.stdout, daemon.status);
    },
    () => undefined, // `ended` has the reason
  );
  const { failure } = await daemon.ended;
  run.endLine();
  if (failure === undefined) say('stopped');
  else process.stderr.write(`kubactor: ${failure}; \`kubactor logs\` has more\n`);
  process.exit(failure === undefined ? 0 : 1);
}

/** A daemon's life, seen from the signals that end it. */
class Run {
  #daemon: Daemon | undefined;
  #stopping = false;
  /** Takes the live line off the terminal. */
  endLine: () => void = () => undefined;

  /** A signal may have come before there was anything to stop. */
  started(daemon: Daemon): void {
    this.#daemon = daemon;
    if (this.#stopping) void daemon.stop();
  }

  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.endLine();
    say('stopping …');
    void this.#daemon?.stop();
  }

  /** A bug of main's own: the edges die tidy first, then the heart starts a new process. */
  async crash(error: Error): Promise<void> {
    process.stderr.write(`kubactor: ${error.stack ?? error.message}\n`);
    const patience = new Promise((resolve) => setTimeout(resolve, CRASH_PATIENCE_MS));
    await Promise.race([this.#daemon?.stop(), patience]);
    process.exit(CRASH_EXIT_CODE);
  }
}

function announce(url: string, kubeconfig: string): void {
  say(`kubeconfig: ${kubeconfig}`);
  say(`try:  kubectl --kubeconfig ${kubeconfig} get nodes`);
  say(`      kubectl --kubeconfig ${kubeconfig} create deployment web --image=nginx --replicas=6`);
  say('      kubactor chaos kill store-leader');
  say('      kubactor elections');
  say(`ready ${url} (${(process.uptime()).toFixed(2)} s)`);
}

/** Without its heart this process ends at once, as if both were one. */
function followHeart(): void {
  if (process.send === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  setInterval(() => process.send?.('beat'), BEAT_MS).unref();
  process.channel?.unref();
}

function packageVersion(): string {
  return (
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    }
  ).version;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  // Nothing was started, or what was started has ended: an operating error is one line.
  if (error instanceof OperatingError) process.stderr.write(`kubactor: ${error.message}\n`);
  else
    process.stderr.write(
      `kubactor: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  process.exit(error instanceof OperatingError ? error.exitCode : 1);
});
