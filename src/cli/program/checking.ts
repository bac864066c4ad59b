import type { Command } from 'commander';
import { configured, exit, folderOf, isJson, verb } from './verb.js';
import type { Common, Configured } from './verb.js';

/** Whether a machine and a configuration will do. */
export function addCheckingVerbs(cli: Command): void {
  configured(verb(cli, 'doctor', 'whether a cluster can run here; exit 1 where it cannot')).action(
    async (options: Common & Configured) => {
      const { doctor } = await import('../verbs/doctor.js');
      exit(
        await doctor(await folderOf(options), {
          json: isJson(options),
          file: options.file,
          set: options.set,
        }),
      );
    },
  );
  const config = cli.command('config').description('configuration').exitOverride();
  for (const name of ['show', 'validate'] as const) {
    configured(
      verb(
        config,
        name,
        name === 'show'
          ? 'each setting with its value and origin'
          : 'check it; exit 2 where it is wrong',
      ),
    ).action(async (options: Common & Configured) => {
      const { showConfig, validateConfig } = await import('../verbs/config.js');
      const run = name === 'show' ? showConfig : validateConfig;
      exit(run(options, { json: isJson(options) }));
    });
  }
}
