import { Option } from 'commander';
import type { Command } from 'commander';
import { count, exit, folderOf, isJson, time, verb } from './verb.js';
import type { Common } from './verb.js';

interface ElectionFlags {
  readonly follow?: boolean;
  readonly explain?: string;
  readonly export?: string;
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

/** What goes on in it. */
export function addWatchingVerbs(cli: Command): void {
  verb(cli, 'actors [actor]', 'the supervision tree, or all of one actor', [
    'text',
    'wide',
    'json',
  ]).action(async (actor: string | undefined, options: Common) => {
    const { actors } = await import('../verbs/actors.js');
    const format = isJson(options) ? 'json' : options.output === 'wide' ? 'wide' : 'text';
    exit(await actors(await folderOf(options), { actor, format }));
  });
  verb(cli, 'elections', 'Raft elections, with their causes')
    .option('-f, --follow', 'go on, print new ones')
    .option('--explain <term>', 'tell the story of one term')
    .option('--export <format>', 'of that term: shiviz')
    .action(async (options: Common & ElectionFlags) => {
      const { elections } = await import('../verbs/elections.js');
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
      const { logs } = await import('../verbs/logs.js');
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
      const { slowest, trace } = await import('../verbs/trace.js');
      const folder = await folderOf(options);
      const json = { json: isJson(options) };
      if (options.slowest !== undefined) exit(await slowest(folder, options.slowest, json));
      else if (id !== undefined) exit(await trace(folder, id, json));
      else cli.error('error: a trace id is needed, or --slowest <count>');
    });
  verb(cli, 'log-level <actor> <level>', 'what an actor logs from now on').action(
    async (actor: string, level: string, options: Common) => {
      const { logLevel } = await import('../verbs/log-level.js');
      exit(await logLevel(await folderOf(options), actor, level, { json: isJson(options) }));
    },
  );
  verb(cli, 'top', 'actors, replicas, elections, nodes and pods, live')
    .option('--once', 'print one snapshot, as without a terminal')
    .action(async (options: Common & { once?: boolean }) => {
      const { top } = await import('../verbs/top.js');
      const folder = await folderOf(options);
      exit(await top(folder, { json: isJson(options), once: options.once === true }));
    });
}
