import type { Command } from 'commander';
import { configured, exit, folderOf, isJson, verb } from './verb.js';
import type { Common, Configured } from './verb.js';

/** The cluster as a service of the machine. */
export function addServiceVerbs(cli: Command): void {
  const service = cli.command('service').description('run it under systemd').exitOverride();
  const verbs = [
    ['install', 'write the unit, enable and start it'],
    ['uninstall', 'stop it and remove the unit; the data stays'],
    ['status', 'what systemd says of it; exit 1 where it is not active'],
  ] as const;
  for (const [name, description] of verbs) {
    const command = verb(service, name, description);
    if (name === 'install') configured(command).option('--print', 'only print the unit');
    command.action(async (options: Common & Partial<Configured> & { print?: boolean }) => {
      const { installService, serviceStatus, uninstallService } = await import(
        '../verbs/service.js'
      );
      const run = { install: installService, uninstall: uninstallService, status: serviceStatus };
      exit(
        run[name](await folderOf(options), {
          json: isJson(options),
          name: options.name,
          file: options.file,
          set: options.set ?? [],
          printOnly: options.print === true,
        }),
      );
    });
  }
}
