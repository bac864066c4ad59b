import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { awaitLeader } from './await-leader.js';
import { loadConfig } from './config/index.js';
import { startDaemon } from './daemon.js';
import { OperatingError } from './failure.js';
import { dataFolder, dataFolderPath } from './folder/index.js';
import { keepLiveLine } from './live-line.js';
import { Run } from './run.js';
import { complain, say } from './say.js';
import { followSignals } from './signals.js';
import { followSystemd, notifierOf } from './systemd/index.js';

/** At least so many beats fit into the silence after which the heart takes this process for stalled. */
const BEATS_PER_SILENCE = 4;
const BEAT_MS_MAX = 2000;

/** The process that is the cluster. `kubactor start` runs it under a heart. */
async function main(): Promise<void> {
  process.title = 'kubactor';
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      name: { type: 'string' },
      file: { type: 'string', short: 'f' },
      set: { type: 'string', multiple: true },
    },
  });
  const sources = { file: values.file, set: values.set ?? [], environment: process.env };
  const loaded = loadConfig(sources);
  if (!loaded.ok) {
    for (const line of loaded.error) process.stderr.write(`${line}\n`);
    process.exit(2);
  }
  const { config } = loaded.value;
  const silenceMs = 2 * config.supervision.stallSeconds * 1000;
  followHeart(silenceMs);
  const run = new Run();
  const follow = followSignals(run, () => loadConfig(sources));
  process.on('uncaughtException', (error) => void run.crash(error));
  const folder = dataFolder(dataFolderPath(values['data-dir'], process.env, values.name));
  const daemon = await startDaemon({
    config,
    folder,
    name: values.name,
    version: packageVersion(),
    progress: say,
    complain,
    onStopRequest: () => run.stop(),
    onRestartRequest: isRestarted() ? () => run.restart() : undefined,
  });
  const notifier = notifierOf(process.env, daemon.log);
  const systemd = notifier && followSystemd(notifier, daemon.status);
  run.started(daemon, systemd);
  follow(daemon, systemd);
  daemon.ready
    .then(() => awaitLeader(daemon.status, () => run.stopping, complain))
    .then(
      (led) => {
        if (!led) return;
        tellHeart({ type: 'ready', silenceMs });
        systemd?.ready();
        announce(daemon.url, folder.kubeconfig);
        if (hasLiveLine()) run.endLine = keepLiveLine(process.stdout, daemon.status);
      },
      () => undefined, // `ended` has the reason
    );
  const { failure } = await daemon.ended;
  run.endLine();
  await systemd?.stopping();
  if (failure === undefined) say('stopped');
  else complain(`${failure}; \`kubactor logs\` has more`);
  process.exit(failure === undefined ? run.exitCode : 1);
}

function announce(url: string, kubeconfig: string): void {
  say(`kubeconfig: ${kubeconfig}`);
  say(`try:  kubectl --kubeconfig ${kubeconfig} get nodes`);
  say(`      kubectl --kubeconfig ${kubeconfig} create deployment web --image=nginx --replicas=6`);
  say('      kubactor chaos kill store-leader');
  say('      kubactor elections');
  say(`ready ${url} (${(process.uptime()).toFixed(2)} s)`);
}

/** What this process tells its heart; src/heart knows the same. */
type Beat =
  | { readonly type: 'beat' }
  /** It is up. From now on a silence of more than `silenceMs` means that it has stalled. */
  | { readonly type: 'ready'; readonly silenceMs: number };

/** Without its heart this process ends at once, as if both were one. */
function followHeart(silenceMs: number): void {
  if (process.send === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  const beatMs = Math.min(BEAT_MS_MAX, silenceMs / BEATS_PER_SILENCE);
  setInterval(() => tellHeart({ type: 'beat' }), beatMs).unref();
  process.channel?.unref();
}

function tellHeart(beat: Beat): void {
  process.send?.(beat);
}

/** By its heart, or by systemd. */
function isRestarted(): boolean {
  return process.send !== undefined || process.env['NOTIFY_SOCKET'] !== undefined;
}

/** The live line needs a terminal that can redraw a line. */
function hasLiveLine(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

function packageVersion(): string {
  return (
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    }
  ).version;
}

main().catch((error: unknown) => {
  // Nothing was started, or what was started has ended: an operating error is one line.
  if (error instanceof OperatingError) complain(error.message);
  else complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(error instanceof OperatingError ? error.exitCode : 1);
});
