import type { Command } from 'commander';
import { configured, exit, folderOf, isJson, verb } from './verb.js';
import type { Common, Configured } from './verb.js';

/** A cluster, from start to stop. */
export function addRunningVerbs(cli: Command): void {
  configured(verb(cli, 'start', 'start the cluster in the foreground'))
    .option('--detach', 'start in the background, return when ready')
    .action(async (options: Common & Configured & { detach?: boolean }) => {
      const { start } = await import('../verbs/start.js');
      exit(await start(options));
    });
  verb(cli, 'stop', 'stop the cluster').action(async (options: Common) => {
    const { stop } = await import('../verbs/stop.js');
    exit(await stop(await folderOf(options), { json: isJson(options) }));
  });
  verb(cli, 'restart', 'stop the cluster, and start it again with the same flags')
    .option('--rolling', 'restart the actors one after the other, without losing service')
    .action(async (options: Common & { rolling?: boolean }) => {
      const { restart, restartRolling } = await import('../verbs/restart.js');
      const run = options.rolling === true ? restartRolling : restart;
      exit(await run(await folderOf(options), { json: isJson(options) }));
    });
  verb(cli, 'ls', 'the clusters of this user, and how they are').action(async (options: Common) => {
    const { ls } = await import('../verbs/ls.js');
    exit(await ls({ json: isJson(options) }));
  });
  verb(cli, 'status', 'state of the cluster').action(async (options: Common) => {
    const { status } = await import('../verbs/inspect.js');
    exit(await status(await folderOf(options), { json: isJson(options) }));
  });
}
