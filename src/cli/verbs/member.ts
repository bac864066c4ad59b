import {
  askDaemon,
  type DataFolder,
  type MemberAction,
  type MemberReply,
} from '../../daemon/index.js';
import { print, printJson, table } from '../output.js';

/** `kubactor member …`: what was done, and the members as they are then. */
export async function member(
  folder: DataFolder,
  action: MemberAction,
  { json }: { readonly json: boolean },
): Promise<number> {
  const reply = await askDaemon(folder, { verb: 'member', ...action });
  if (json) printJson(reply);
  else print(memberText(reply));
  return 0;
}

function memberText({ done, underWay, obstacle, members }: MemberReply): string {
  const rows = members.map((each) => [
    each.id,
    each.name,
    each.learner ? 'learner' : 'voter',
    each.role ?? '-',
    each.state,
    String(each.lastIndex),
  ]);
  return [
    ...(done === null ? [] : [done]),
    table(['ID', 'MEMBER', 'KIND', 'ROLE', 'STATE', 'LAST INDEX'], rows),
    ...(underWay === null
      ? []
      : [`\nunder way: ${underWay}${obstacle === null ? '' : ` (${obstacle})`}`]),
    ...members.flatMap(({ name, problem }) => (problem === null ? [] : [`\n${name}: ${problem}`])),
  ].join('\n');
}
