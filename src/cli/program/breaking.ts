import type { Command } from 'commander';
import type { MemberAction } from '../../daemon/index.js';
import { exit, folderOf, isJson, verb } from './verb.js';
import type { Common } from './verb.js';

/** What is done to its actors and to the members of its store. */
export function addBreakingVerbs(cli: Command): void {
  const chaos = cli.command('chaos').description('break things on purpose').exitOverride();
  verb(chaos, 'kill <target>', 'kill an actor: its id, store-leader or store-follower')
    .option('--hold <duration>', 'keep it down for so long')
    .action(async (target: string, options: Common & { hold?: string }) => {
      const { chaosKill } = await import('../verbs/chaos.js');
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
}

async function changeMembers(action: MemberAction, options: Common): Promise<void> {
  const { member } = await import('../verbs/member.js');
  exit(await member(await folderOf(options), action, { json: isJson(options) }));
}
