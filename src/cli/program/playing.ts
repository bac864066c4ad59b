import type { Command } from 'commander';
import { exit, isJson, verb } from './verb.js';
import type { Common } from './verb.js';

/** The tour, and the simulator. */
export function addPlayingVerbs(cli: Command): void {
  verb(cli, 'demo', 'a tour of sixty seconds: kill the leader, lose nothing').action(
    async (options: Common) => {
      const { demo } = await import('../verbs/demo.js');
      exit(await demo({ json: isJson(options) }));
    },
  );
  const sim = cli.command('sim').description('the deterministic simulator').exitOverride();
  verb(sim, 'run', 'run one seed, or a range of seeds over all cores')
    .option('--seed <n>', 'replays bit for bit')
    .option('--seeds <a..b>', 'both ends included')
    .option('--for <duration>', 'begin no further seed after so long')
    .action(async (options: Common & { seed?: string; seeds?: string; for?: string }) => {
      const { simRun } = await import('../verbs/sim.js');
      exit(await simRun({ ...options, json: isJson(options) }));
    });
}
