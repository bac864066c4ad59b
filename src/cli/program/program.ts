import { Command } from 'commander';
import { readVersion } from '../version.js';
import { addBreakingVerbs } from './breaking.js';
import { addCheckingVerbs } from './checking.js';
import { addClientVerbs } from './clients.js';
import { addPlayingVerbs } from './playing.js';
import { addRunningVerbs } from './running.js';
import { addServiceVerbs } from './service.js';
import { addSnapshotVerbs } from './snapshots.js';
import { exit, isJson, verb } from './verb.js';
import type { Common } from './verb.js';
import { addWatchingVerbs } from './watching.js';

/** The command line's contract: docs/command-line.md. Each verb loads what it needs when it runs. */
export function program(): Command {
  const cli = new Command('kubactor')
    .description('A whole Kubernetes in one process, made to be broken on purpose.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions();
  addRunningVerbs(cli);
  addWatchingVerbs(cli);
  addBreakingVerbs(cli);
  addClientVerbs(cli);
  addSnapshotVerbs(cli);
  addServiceVerbs(cli);
  addCheckingVerbs(cli);
  addPlayingVerbs(cli);
  verb(cli, 'completion <shell>', 'a completion script for bash, zsh or fish').action(
    async (shell: string, options: Common) => {
      const { completion } = await import('../verbs/completion.js');
      exit(completion(cli, shell, { json: isJson(options) }));
    },
  );
  verb(cli, 'version', 'print the version').action(async (options: Common) => {
    const { version } = await import('../verbs/version.js');
    exit(version({ json: isJson(options) }));
  });
  return cli.version(readVersion());
}
