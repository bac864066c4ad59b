import type { Result } from '../base/index.js';
import type { LoadedConfig } from './config/index.js';
import type { Daemon } from './daemon.js';
import type { Run } from './run.js';
import { complain, say } from './say.js';
import type { SystemdFace } from './systemd/index.js';

/**
 * TERM and INT drain and end the daemon; HUP reads its settings anew; USR2 writes diagnostics. Returns what is to be called once it
 * runs: before that the last two come too early, and are ignored.
 */
export function followSignals(
  run: Run,
  readConfig: () => Result<LoadedConfig, readonly string[]>,
): (daemon: Daemon, systemd: SystemdFace | undefined) => void {
  let onHangup: () => void = () => undefined;
  let onDiagnostics: () => void = () => undefined;
  process.on('SIGINT', () => run.stop());
  process.on('SIGTERM', () => run.stop());
  process.on('SIGHUP', () => onHangup());
  process.on('SIGUSR2', () => onDiagnostics());
  return (daemon, systemd) => {
    onHangup = () => {
      if (run.stopping) return;
      systemd?.reloading();
      reload(daemon, readConfig());
      systemd?.reloaded();
    };
    onDiagnostics = () => {
      daemon.writeDiagnostics().then(
        (file) => say(`diagnostics: ${file}`),
        (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          daemon.log.error('diagnostics not written', { reason });
          complain(`diagnostics not written: ${reason}`);
        },
      );
    };
  };
}

/** With a mistake in them nothing changes: the daemon goes on with the settings that it has. */
function reload(daemon: Daemon, loaded: Result<LoadedConfig, readonly string[]>): void {
  if (!loaded.ok) {
    daemon.log.error('settings not reloaded', { mistakes: loaded.error });
    complain('settings not reloaded; the daemon goes on with those that it has:');
    for (const line of loaded.error) process.stderr.write(`  ${line}\n`);
    return;
  }
  const { applied, needRestart } = daemon.reload(loaded.value.config);
  say(`settings reloaded: ${applied.length === 0 ? 'nothing new' : applied.join(', ')}`);
  if (needRestart.length > 0) say(`after a restart only: ${needRestart.join(', ')}`);
}
