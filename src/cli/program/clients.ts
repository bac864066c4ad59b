import type { Command } from 'commander';
import { exit, folderOf, isJson, verb } from './verb.js';
import type { Common } from './verb.js';

/** kubectl, and what it needs. */
export function addClientVerbs(cli: Command): void {
  verb(cli, 'kubeconfig', "print the admin's kubeconfig")
    .option('--merge', 'merge it into $KUBECONFIG or ~/.kube/config')
    .action(async (options: Common & { merge?: boolean }) => {
      const { kubeconfig } = await import('../verbs/kubeconfig.js');
      exit(
        kubeconfig(await folderOf(options), {
          merge: options.merge === true,
          json: isJson(options),
        }),
      );
    });
  cli
    .command('kubectl')
    .description('run the kubectl on the PATH with the admin kubeconfig')
    .argument('[args...]')
    .option('--data-dir <dir>', 'data folder')
    .option('--name <name>', 'the cluster of that name, where there are several')
    .option('--trace', 'follow its requests through all actors')
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], options: Common & { trace?: boolean }) => {
      const { kubectl } = await import('../verbs/kubectl.js');
      exit(kubectl(await folderOf(options), args, { trace: options.trace === true }));
    });
}
