import { assertNever } from '../../base/index.js';
import type { ThreadActorSystem } from '../../io/thread/index.js';
import type { StoreMember } from '../../protocol/index.js';
import type { ControlReplies, ControlRequest, ReplicaLine } from '../control/index.js';
import { OperatingError } from '../failure.js';
import { resolveTarget } from '../target.js';
import { goalText } from './membership.js';
import type { Membership } from './membership.js';

/** Before the command line's own patience is over. */
const ANSWER_MS = 25_000;

export interface MemberControlPorts {
  readonly system: ThreadActorSystem;
  readonly membership: Membership;
  readonly replicas: () => Promise<readonly ReplicaLine[]>;
}

type MemberRequest = Extract<ControlRequest, { verb: 'member' }>;

/** `kubactor member …`: does it, and shows the members as they are then. */
export async function answerMember(
  ports: MemberControlPorts,
  request: MemberRequest,
): Promise<ControlReplies['member']> {
  const done = await inTime(ports.membership, change(ports, request));
  const [members, replicas] = await Promise.all([ports.membership.list(), ports.replicas()]);
  const { goal } = ports.membership.kept;
  return {
    done,
    underWay: goal === undefined ? null : goalText(goal),
    obstacle: ports.membership.obstacle,
    members: members.map((member) => lineOf(member, replicas)),
  };
}

/** What was done, in words; null: nothing was asked for. */
async function change(ports: MemberControlPorts, request: MemberRequest): Promise<string | null> {
  const { membership } = ports;
  switch (request.action) {
    case 'list':
      return null;
    case 'add':
      return `added ${await membership.add(!request.learner)}`;
    case 'promote': {
      const name = await targetOf(ports, request.target);
      await membership.promote(name);
      return `promoted ${name}`;
    }
    case 'move-leader': {
      const name = await targetOf(ports, request.target);
      await membership.moveLeader(name);
      return `${name} leads the store`;
    }
    case 'remove': {
      const name = await targetOf(ports, request.target);
      await membership.remove(name);
      return `removed ${name}`;
    }
    case 'replace': {
      const name = await targetOf(ports, request.target);
      return `replaced ${name} by ${await membership.replace(name)}`;
    }
    default:
      return assertNever(request, 'member request');
  }
}

/** A member, or a replica that the members file names: one that is half removed may be removed again. */
async function targetOf(
  { system, membership }: MemberControlPorts,
  target: string,
): Promise<string> {
  const name = await resolveTarget(system, target);
  const members = (await membership.list()).map((member) => member.name);
  const kept = membership.kept.replicas.map((replica) => replica.name);
  const known = [...new Set([...members, ...kept])];
  if (known.includes(name)) return name;
  throw new OperatingError(
    `no member ${target}; known: ${known.join(', ')}, store-leader, store-follower`,
  );
}

function inTime<T>(membership: Membership, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const { goal } = membership.kept;
      const what = goal === undefined ? 'the change' : goalText(goal);
      const why = membership.obstacle === null ? '' : ` (${membership.obstacle})`;
      const message = `${what} takes longer${why}; it goes on, and \`kubactor member list\` shows it`;
      reject(new OperatingError(message));
    }, ANSWER_MS);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

function lineOf(
  { id, name, learner }: StoreMember,
  replicas: readonly ReplicaLine[],
): ControlReplies['member']['members'][number] {
  const replica = replicas.find((each) => each.id === name);
  return {
    id: String(id),
    name,
    learner,
    role: replica?.role ?? null,
    state: replica?.state ?? 'not started',
    lastIndex: replica?.lastIndex ?? 0,
    problem: replica?.problem ?? null,
  };
}
