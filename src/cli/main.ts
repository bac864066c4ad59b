#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { DataFolder, MemberAction } from '../daemon/index.js';
import { parseTime } from './output.js';
import { readVersion } from './version.js';

interface ElectionFlags {
  readonly follow?: boolean;
  readonly explain?: string;
  readonly export?: string;
}

interface Common {
  readonly dataDir?: string;
  readonly name?: string;
  readonly output?: string;
}

interface LogFlags {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly grep?: string;
  readonly since?: string;
  readonly until?: string;
  readonly trace?: string;
  readonly level?: string;
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
    exit(await stop(await folderOf(options), { json: isJson(options) }));
  });
  verb(cli, 'restart', 'stop the cluster, and start it again with the same flags')
    .option('--rolling', 'restart the actors one after the other, without losing service')
    .action(async (options: Common & { rolling?: boolean }) => {
      const { restart, restartRolling } = await import('./verbs/restart.js');
      const run = options.rolling === true ? restartRolling : restart;
      exit(await run(await folderOf(options), { json: isJson(options) }));
    });
  verb(cli, 'ls', 'the clusters of this user, and how they are').action(async (options: Common) => {
    const { ls } = await import('./verbs/ls.js');
    exit(await ls({ json: isJson(options) }));
  });
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
    .option('--export <format>', 'of that term: shiviz')
    .action(async (options: Common & ElectionFlags) => {
      const { elections } = await import('./verbs/elections.js');
      exit(
        await elections(await folderOf(options), {
          json: isJson(options),
          follow: options.follow === true,
          explain: options.explain,
          export: options.export,
        }),
      );
    });
  verb(cli, 'logs [actors...]', "the actors' logs, merged by time")
    .option('-f, --follow', 'go on, print new lines')
    .option('-n, --lines <count>', 'the last so many only', count)
    .option('--grep <text>', 'lines that hold this text')
    .option('--since <time>', 'a time, or 5m: so long ago', time)
    .option('--until <time>', 'the same for the end', time)
    .option('--trace <id>', 'lines written for this trace')
    .addOption(
      new Option('--level <level>', 'of this level, or worse').choices([
        'debug',
        'info',
        'warn',
        'error',
      ]),
    )
    .action(async (actors: string[], options: Common & LogFlags) => {
      const { logs } = await import('./verbs/logs.js');
      const { level, since, until, grep, trace, lines, output, follow } = options;
      exit(
        await logs(await folderOf(options), {
          actors,
          filter: { level, since, until, text: grep, traceId: trace },
          lines,
          follow: follow === true,
          format: output === 'json' || output === 'text' ? output : undefined,
        }),
      );
    });
  verb(cli, 'trace [id]', 'what every actor did for one request')
    .option('--slowest <count>', 'the slowest requests instead', count)
    .action(async (id: string | undefined, options: Common & { slowest?: number }) => {
      const { slowest, trace } = await import('./verbs/trace.js');
      const folder = await folderOf(options);
      const json = { json: isJson(options) };
      if (options.slowest !== undefined) exit(await slowest(folder, options.slowest, json));
      else if (id !== undefined) exit(await trace(folder, id, json));
      else cli.error('error: a trace id is needed, or --slowest <count>');
    });
  verb(cli, 'log-level <actor> <level>', 'what an actor logs from now on').action(
    async (actor: string, level: string, options: Common) => {
      const { logLevel } = await import('./verbs/log-level.js');
      exit(await logLevel(await folderOf(options), actor, level, { json: isJson(options) }));
    },
  );
  verb(cli, 'top', 'actors, replicas, elections, nodes and pods, live')
    .option('--once', 'print one snapshot, as without a terminal')
    .action(async (options: Common & { once?: boolean }) => {
      const { top } = await import('./verbs/top.js');
      const folder = await folderOf(options);
      exit(await top(folder, { json: isJson(options), once: options.once === true }));
    });
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
    ['move-leader', 'let the leader hand over to a member'],
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
    .option('--name <name>', 'the cluster of that name, where there are several')
    .option('--trace', 'follow its requests through all actors')
    .passThroughOptions()
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], options: Common & { trace?: boolean }) => {
      const { kubectl } = await import('./verbs/kubectl.js');
      exit(kubectl(await folderOf(options), args, { trace: options.trace === true }));
    });
  addSnapshotVerbs(cli);
  addServiceVerbs(cli);
  verb(cli, 'doctor', 'whether a cluster can run here; exit 1 where it cannot')
    .option('-f, --file <config.yaml>', 'configuration file')
    .option(
      '--set <path=value>',
      'one setting, may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    )
    .action(async (options: Common & { file?: string; set: string[] }) => {
      const { doctor } = await import('./verbs/doctor.js');
      exit(
        await doctor(await folderOf(options), {
          json: isJson(options),
          file: options.file,
          set: options.set,
        }),
      );
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
    .option('--for <duration>', 'begin no further seed after so long')
    .action(async (options: Common & { seed?: string; seeds?: string; for?: string }) => {
      const { simRun } = await import('./verbs/sim.js');
      exit(await simRun({ ...options, json: isJson(options) }));
    });
  verb(cli, 'completion <shell>', 'a completion script for bash, zsh or fish').action(
    async (shell: string, options: Common) => {
      const { completion } = await import('./verbs/completion.js');
      exit(completion(cli, shell, { json: isJson(options) }));
    },
  );
  verb(cli, 'version', 'print the version').action(async (options: Common) => {
    const { version } = await import('./verbs/version.js');
    exit(version({ json: isJson(options) }));
  });
  return cli.version(readVersion());
}

function addSnapshotVerbs(cli: Command): void {
  const snapshot = cli
    .command('snapshot')
    .description("copies of the store's whole state")
    .exitOverride();
  verb(snapshot, 'save <file>', 'save it from a running cluster, without a pause').action(
    async (file: string, options: Common) => {
      const { saveSnapshot } = await import('./verbs/snapshot.js');
      exit(await saveSnapshot(await folderOf(options), file, { json: isJson(options) }));
    },
  );
  verb(snapshot, 'restore <file>', 'make a new cluster of it, in a new data folder')
    .option('--bump-revision <n>', 'how far to raise the revision', '1000000000')
    .action(async (file: string, options: Common & { bumpRevision: string }) => {
      const { restoreSnapshotFile } = await import('./verbs/snapshot.js');
      exit(
        await restoreSnapshotFile(await folderOf(options), file, {
          json: isJson(options),
          bumpRevision: options.bumpRevision,
        }),
      );
    });
  verb(
    snapshot,
    'inspect <file>',
    'its hash, revision, keys and size; exit 1 where it is damaged',
  ).action(async (file: string, options: Common) => {
    const { inspectSnapshotFile } = await import('./verbs/snapshot.js');
    exit(await inspectSnapshotFile(file, { json: isJson(options) }));
  });
}

function addServiceVerbs(cli: Command): void {
  const service = cli.command('service').description('run it under systemd').exitOverride();
  const verbs = [
    ['install', 'write the unit, enable and start it'],
    ['uninstall', 'stop it and remove the unit; the data stays'],
    ['status', 'what systemd says of it; exit 1 where it is not active'],
  ] as const;
  for (const [name, description] of verbs) {
    const command = verb(service, name, description);
    if (name === 'install')
      command
        .option('-f, --file <config.yaml>', 'configuration file')
        .option(
          '--set <path=value>',
          'one setting, may be repeated',
          (value, all: string[]) => [...all, value],
          [],
        )
        .option('--print', 'only print the unit');
    command.action(async (options: Common & { file?: string; set?: string[]; print?: boolean }) => {
      const { installService, serviceStatus, uninstallService } = await import(
        './verbs/service.js'
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
    .option('--name <name>', 'the cluster of that name, where there are several')
    .addOption(new Option('-o, --output <format>', 'output format').choices(formats));
}

async function changeMembers(action: MemberAction, options: Common): Promise<void> {
  const { member } = await import('./verbs/member.js');
  exit(await member(await folderOf(options), action, { json: isJson(options) }));
}

function isJson({ output }: Common): boolean {
  return output === 'json';
}

async function folderOf({ dataDir, name }: Common): Promise<DataFolder> {
  const { dataFolder, dataFolderPath } = await import('../daemon/index.js');
  return dataFolder(dataFolderPath(dataDir, process.env, name));
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number from 1 on.');
}

function time(text: string): string {
  const parsed = parseTime(text, Date.now());
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('expected a time, or a duration such as 5m.');
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
