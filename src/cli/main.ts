#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import type { DataFolder, MemberAction } from '../daemon/index.js';
import { readVersion } from './version.js';

interface Common {
  readonly dataDir?: string;
  readonly output?: string;
}

/** The command line's contract: docs/command-line.md. Each verb loads what it needs when it runs. */
function program(): Command {
  const cli = new Command('kubactor')
    .description('A whole Kubernetes in one process, made to be broken on purpose.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions();

  verb(cli, 'start', 'start the cluster in the foreground')
    .option('-f, --file <config.yaml>', 'configuration file')
    .option(
      '--set <path=value>',
      'one setting, may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--detach', 'start in the background, return when ready')
    .action(async (options: Common & { file?: string; set: string[]; detach?: boolean }) => {
      const { start } = await import('./verbs/start.js');
      exit(await start(options));
    });
  verb(cli, 'stop', 'stop the cluster').action(async (options: Common) => {
    const { stop } = await import('./verbs/stop.js');
    exit(await stop(await folderOf(options)));
  });
  verb(cli, 'restart', 'stop the cluster, and start it again with the same flags').action(
    async (options: Common) => {
      const { restart } = await import('./verbs/restart.js');
      exit(await restart(await folderOf(options), { json: isJson(options) }));
    },
  );
  verb(cli, 'status', 'state of the cluster').action(async (options: Common) => {
    const { status } = await import('./verbs/inspect.js');
    exit(await status(await folderOf(options), { json: isJson(options) }));
  });
  verb(cli, 'actors [actor]', 'the supervision tree, or all of one actor', [
    'text',
    'wide',
    'json',
  ]).action(async (actor: string | undefined, options: Common) => {
    const { actors } = await import('./verbs/actors.js');
    const format = isJson(options) ? 'json' : options.output === 'wide' ? 'wide' : 'text';
    exit(await actors(await folderOf(options), { actor, format }));
  });
  verb(cli, 'elections', 'Raft elections, with their causes')
    .option('-f, --follow', 'go on, print new ones')
    .option('--explain <term>', 'tell the story of one term')
    .action(async (options: Common & { follow?: boolean; explain?: string }) => {
      const { elections } = await import('./verbs/elections.js');
      exit(
        await elections(await folderOf(options), {
          json: isJson(options),
          follow: options.follow === true,
          explain: options.explain,
        }),
      );
    });
  verb(cli, 'logs [actor]', "the actors' logs, merged by time")
    .option('-f, --follow', 'go on, print new lines')
    .action(async (actor: string | undefined, options: Common & { follow?: boolean }) => {
      const { logs } = await import('./verbs/logs.js');
      exit(
        await logs(await folderOf(options), {
          actor,
          follow: options.follow === true,
          json: isJson(options),
        }),
      );
    });
  verb(cli, 'log-level <actor> <level>', 'what an actor logs from now on').action(
    async (actor: string, level: string, options: Common) => {
      const { logLevel } = await import('./verbs/log-level.js');
      exit(await logLevel(await folderOf(options), actor, level, { json: isJson(options) }));
    },
  );
  const chaos = cli.command('chaos').description('break things on purpose').exitOverride();
  verb(chaos, 'kill <target>', 'kill an actor: its id, store-leader or store-follower')
    .option('--hold <duration>', 'keep it down for so long')
    .action(async (target: string, options: Common & { hold?: string }) => {
      const { chaosKill } = await import('./verbs/chaos.js');
      exit(
        await chaosKill(await folderOf(options), target, {
          hold: options.hold,
          json: isJson(options),
        }),
      );
    });
  const member = cli
    .command('member')
    .description('the members of the replicated store')
    .exitOverride();
  verb(member, 'list', 'who they are, and how each is').action(async (options: Common) => {
    await changeMembers({ action: 'list' }, options);
  });
  verb(member, 'add', 'add a replica, which votes as soon as it has the data')
    .option('--learner', 'leave it a learner')
    .action(async (options: Common & { learner?: boolean }) => {
      await changeMembers({ action: 'add', learner: options.learner === true }, options);
    });
  for (const [action, text] of [
    ['promote', 'let a learner vote'],
    ['remove', 'take a replica out'],
    ['replace', 'put a new replica in the place of one'],
  ] as const)
    verb(member, `${action} <target>`, text).action(async (target: string, options: Common) => {
      await changeMembers({ action, target }, options);
    });
  verb(cli, 'kubeconfig', "print the admin's kubeconfig")
    .option('--merge', 'merge it into $KUBECONFIG or ~/.kube/config')
    .action(async (options: Common & { merge?: boolean }) => {
      const { kubeconfig } = await import('./verbs/kubeconfig.js');
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
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], options: Common) => {
      const { kubectl } = await import('./verbs/kubectl.js');
      exit(kubectl(await folderOf(options), args));
    });
  const config = cli.command('config').description('configuration').exitOverride();
  for (const name of ['show', 'validate'] as const) {
    verb(
      config,
      name,
      name === 'show'
        ? 'each setting with its value and origin'
        : 'check it; exit 2 where it is wrong',
    )
      .option('-f, --file <config.yaml>', 'configuration file')
      .option(
        '--set <path=value>',
        'one setting, may be repeated',
        (value, all: string[]) => [...all, value],
        [],
      )
      .action(async (options: Common & { file?: string; set: string[] }) => {
        const { showConfig, validateConfig } = await import('./verbs/config.js');
        const run = name === 'show' ? showConfig : validateConfig;
        exit(run(options, { json: isJson(options) }));
      });
  }
  verb(cli, 'demo', 'a tour of sixty seconds: kill the leader, lose nothing').action(
    async (options: Common) => {
      const { demo } = await import('./verbs/demo.js');
      exit(await demo({ json: isJson(options) }));
    },
  );
  const sim = cli.command('sim').description('the deterministic simulator').exitOverride();
  verb(sim, 'run', 'run one seed, or a range of seeds over all cores')
    .option('--seed <n>', 'replays bit for bit')
    .option('--seeds <a..b>', 'both ends included')
    .action(async (options: Common & { seed?: string; seeds?: string }) => {
      const { simRun } = await import('./verbs/sim.js');
      exit(await simRun({ ...options, json: isJson(options) }));
    });
  verb(cli, 'version', 'print the version').action(async (options: Common) => {
    const { version } = await import('./verbs/version.js');
    exit(version({ json: isJson(options) }));
  });
  return cli.version(readVersion());
}

function verb(
  parent: Command,
  usage: string,
  description: string,
  formats: readonly string[] = ['text', 'json'],
): Command {
  return parent
    .command(usage)
    .description(description)
    .exitOverride()
    .option(
      '--data-dir <dir>',
      'data folder (default: $KUBACTOR_DATA_DIR, else the state folder of the user)',
    )
    .addOption(new Option('-o, --output <format>', 'output format').choices(formats));
}

async function changeMembers(action: MemberAction, options: Common): Promise<void> {
  const { member } = await import('./verbs/member.js');
  exit(await member(await folderOf(options), action, { json: isJson(options) }));
}

function isJson({ output }: Common): boolean {
  return output === 'json';
}

async function folderOf({ dataDir }: Common): Promise<DataFolder> {
  const { dataFolder, dataFolderPath } = await import('../daemon/index.js');
  return dataFolder(dataFolderPath(dataDir, process.env));
}

function exit(code: number): void {
  process.exitCode = code;
}

// Who reads our output may stop before its end (`| head`): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : 1),
);

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Error && error.name === 'OperatingError') {
    process.stderr.write(`kubactor: ${error.message}\n`);
    process.exitCode = (error as Error & { exitCode: number }).exitCode;
  } else throw error;
}
