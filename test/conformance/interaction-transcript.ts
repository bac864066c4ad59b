import { assert, assertDefined } from '../../src/base/index.js';
import type { LogIndex, NodeId } from '../../src/base/index.js';
import {
  confChangeV1,
  confChangeV2,
  describeProgressMap,
  isLocalTarget,
} from '../../src/raft/index.js';
import type {
  ConfChange,
  ConfChangeTransition,
  MessageType,
  SnapshotStatus,
} from '../../src/raft/index.js';
import { addNodes } from './interaction-add-nodes.js';
import { parseConfChanges } from './conf-change-text.js';
import { parseBoolean, parseNumber } from './data-driven.js';
import type { TranscriptCase } from './data-driven.js';
import {
  deliverMessages,
  headed,
  newInteractionEnv,
  nodeAt,
  printLog,
  processAppendThread,
  processApplyThread,
  processReady,
  sendSnapshot,
  stabilize,
} from './interaction-env.js';
import type { Failure, InteractionEnv } from './interaction-env.js';
import { LOG_LEVELS } from './interaction-log.js';
import { restartNode } from './interaction-node.js';
import type { InteractionNode } from './interaction-node.js';

type Command = (env: InteractionEnv, each: TranscriptCase) => Failure;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['_breakpoint', () => null],
  ['add-nodes', addNodes],
  [
    'campaign',
    (env, each) => {
      firstNode(env, each).raw.campaign();
      return null;
    },
  ],
  ['compact', compact],
  ['deliver-msgs', deliver],
  [
    'forget-leader',
    (env, each) => {
      firstNode(env, each).raw.forgetLeader();
      return null;
    },
  ],
  ['log-level', (env, each) => setLevel(env, each.args[0]?.key ?? '')],
  ['process-append-thread', forEachNode('processing append thread', processAppendThread)],
  ['process-apply-thread', forEachNode('processing apply thread', processApplyThread)],
  ['process-ready', forEachNode('handling Ready', processReady)],
  ['propose', propose],
  ['propose-conf-change', proposeConfChange],
  ['raft-log', (env, each) => printLog(env, firstNode(env, each))],
  ['raft-state', printState],
  ['read-index', readIndex],
  ['report-snapshot', reportSnapshot],
  ['report-unreachable', reportUnreachable],
  ['restart', restart],
  ['send-snapshot', snapshotTo],
  ['set-randomized-election-timeout', setTimeoutTicks],
  ['stabilize', stabilizeCommand],
  ['status', printStatus],
  ['tick-election', (env, each) => tick(env, each, 'electionTick')],
  ['tick-heartbeat', (env, each) => tick(env, each, 'heartbeatTick')],
  ['transfer-leadership', transferLeadership],
]);

/** Runs the commands of one interaction transcript on one environment. */
export function newInteractionTranscript(): (each: TranscriptCase) => string {
  const env = newInteractionEnv();
  return (each) => {
    env.log.text = '';
    const command = COMMANDS.get(each.command);
    const failure = command === undefined ? 'unknown command' : command(env, each);
    if (failure !== null) {
      if (env.log.quiet()) return failure;
      env.log.write(failure);
    }
    return env.log.text === '' ? 'ok' : env.log.text;
  };
}

function firstNode(env: InteractionEnv, each: TranscriptCase): InteractionNode {
  return nodeAt(env, parseNumber(each.args[0]?.key ?? ''));
}

/** The arguments that are ids rather than settings. */
function namedNodes(env: InteractionEnv, each: TranscriptCase): InteractionNode[] {
  return each.args
    .filter(({ values }) => values.length === 0)
    .map(({ key }) => nodeAt(env, parseNumber(key)));
}

function argument(each: TranscriptCase, key: string): string {
  const found = each.args.find((arg) => arg.key === key);
  return assertDefined(found?.values[0], `argument ${key}`);
}

/** With one id the output stands alone; with several each has a header. */
function forEachNode(
  what: string,
  body: (env: InteractionEnv, node: InteractionNode) => Failure,
): Command {
  return (env, each) => {
    const nodes = namedNodes(env, each);
    for (const node of nodes) {
      const failure =
        nodes.length > 1 ? headed(env, node, what, () => body(env, node)) : body(env, node);
      if (typeof failure === 'string') return failure;
    }
    return null;
  };
}

function compact(env: InteractionEnv, each: TranscriptCase): Failure {
  const node = firstNode(env, each);
  const compacted = node.storage.compact(parseNumber(each.args[1]?.key ?? '') as LogIndex);
  return compacted.ok ? printLog(env, node) : compacted.error.message;
}

function deliver(env: InteractionEnv, each: TranscriptCase): Failure {
  const recipients = each.args
    .filter(({ values }) => values.length === 0)
    .map(({ key }) => ({ id: parseNumber(key), drop: false }));
  let type: MessageType | null = null;
  for (const { key, values } of each.args) {
    for (const value of values) {
      if (key === 'type') type = value as MessageType;
      if (key !== 'drop') continue;
      const id = parseNumber(value);
      assert(
        !recipients.some((other) => other.id === id),
        `can't both deliver and drop msgs to ${value}`,
      );
      recipients.push({ id, drop: true });
    }
  }
  if (deliverMessages(env, recipients, type) === 0) env.log.write('no messages\n');
  return null;
}

function setLevel(env: InteractionEnv, name: string): Failure {
  const level = LOG_LEVELS.findIndex((each) => each === name.toUpperCase());
  if (level < 0) return `log levels must be either of [${LOG_LEVELS.join(' ')}]`;
  env.log.level = level;
  return null;
}

function propose(env: InteractionEnv, each: TranscriptCase): Failure {
  const [, data] = each.args;
  assert(
    each.args.length === 2 && data?.values.length === 0,
    'expected exactly one key with no vals',
  );
  const result = firstNode(env, each).raw.propose(new TextEncoder().encode(data.key));
  return result.ok ? null : result.error.message;
}

/** `read-index ID CONTEXT`: the answer shows as a ReadState of a later Ready. */
function readIndex(env: InteractionEnv, each: TranscriptCase): Failure {
  const [, context] = each.args;
  assert(context !== undefined && each.args.length === 2, 'expected an id and a context');
  firstNode(env, each).raw.readIndex(new TextEncoder().encode(context.key));
  return null;
}

/** `restart ID`: a crash, and a new life. What the node had said to itself is gone; what it had sent to others is not. */
function restart(env: InteractionEnv, each: TranscriptCase): Failure {
  const node = firstNode(env, each);
  env.messages = env.messages.filter(
    ({ from, to }) =>
      !(to === node.id && (from === to || isLocalTarget(from))) &&
      !(from === node.id && isLocalTarget(to)),
  );
  restartNode(node);
  return null;
}

const TRANSITIONS: ReadonlyMap<string, ConfChangeTransition> = new Map([
  ['auto', 'ConfChangeTransitionAuto'],
  ['implicit', 'ConfChangeTransitionJointImplicit'],
  ['explicit', 'ConfChangeTransitionJointExplicit'],
] as const);

function proposeConfChange(env: InteractionEnv, each: TranscriptCase): Failure {
  let v1 = false;
  let transition: ConfChangeTransition = 'ConfChangeTransitionAuto';
  for (const { key, values } of each.args.slice(1)) {
    for (const value of values) {
      if (key === 'v1') {
        v1 = parseBoolean(value);
      } else if (key === 'transition') {
        const named = TRANSITIONS.get(value);
        if (named === undefined) return `unknown transition ${value}`;
        transition = named;
      } else {
        return `unknown command ${key}`;
      }
    }
  }
  const changes = parseConfChanges(each.input);
  if (!changes.ok) return changes.error;
  let change: ConfChange = confChangeV2(changes.value, transition);
  if (v1) {
    const [first] = changes.value;
    if (
      first === undefined ||
      changes.value.length > 1 ||
      transition !== 'ConfChangeTransitionAuto'
    ) {
      return 'v1 conf change can only have one operation and no transition';
    }
    change = confChangeV1(first.type, first.nodeId);
  }
  const result = firstNode(env, each).raw.proposeConfChange(change);
  return result.ok ? null : result.error.message;
}

function printState(env: InteractionEnv): Failure {
  for (const { raw } of env.nodes) {
    const { id, raftState, hardState, lead, config } = raw.status();
    const voter = [...config.voters, ...config.votersOutgoing].includes(id);
    env.log.write(
      `${String(id)}: ${raftState} ${voter ? '(Voter)' : '(Non-Voter)'} ` +
        `Term:${String(hardState.term)} Lead:${String(lead)}\n`,
    );
  }
  return null;
}

function reportUnreachable(env: InteractionEnv, each: TranscriptCase): Failure {
  const [reporter, reported, ...rest] = namedNodes(env, each);
  if (reporter === undefined || reported === undefined || rest.length > 0) {
    return 'must specify exactly two node indexes: node on which to report, and reported node';
  }
  reporter.raw.reportUnreachable(reported.id);
  return null;
}

const SNAPSHOT_STATUSES: ReadonlyMap<string, SnapshotStatus> = new Map([
  ['finish', 'SnapshotFinish'],
  ['failure', 'SnapshotFailure'],
]);

/** `report-snapshot FROM TO finish|failure`: what became of a snapshot that was sent. */
function reportSnapshot(env: InteractionEnv, each: TranscriptCase): Failure {
  const [, to, outcome] = each.args;
  const status = SNAPSHOT_STATUSES.get(outcome?.key ?? '');
  if (to === undefined || status === undefined)
    return 'usage: report-snapshot FROM TO finish|failure';
  firstNode(env, each).raw.reportSnapshot(nodeAt(env, parseNumber(to.key)).id, status);
  return null;
}

function snapshotTo(env: InteractionEnv, each: TranscriptCase): Failure {
  const [from, to] = each.args.map(({ key }) => parseNumber(key) as NodeId);
  assert(from !== undefined && to !== undefined && each.args.length === 2, 'expected two nodes');
  sendSnapshot(env, nodeAt(env, from), to);
  return null;
}

function setTimeoutTicks(env: InteractionEnv, each: TranscriptCase): Failure {
  firstNode(env, each).raw.setRandomizedElectionTimeout(parseNumber(argument(each, 'timeout')));
  return null;
}

function stabilizeCommand(env: InteractionEnv, each: TranscriptCase): Failure {
  const before = env.log.level;
  for (const { key, values } of each.args) {
    for (const value of key === 'log-level' ? values : []) {
      const failure = setLevel(env, value);
      if (failure !== null) return failure;
    }
  }
  const nodes = namedNodes(env, each);
  const failure = stabilize(env, nodes.length > 0 ? nodes : env.nodes);
  env.log.level = before;
  return failure;
}

function printStatus(env: InteractionEnv, each: TranscriptCase): Failure {
  env.log.write(describeProgressMap(firstNode(env, each).raw.status().progress));
  return null;
}

function tick(
  env: InteractionEnv,
  each: TranscriptCase,
  setting: 'electionTick' | 'heartbeatTick',
): Failure {
  const node = firstNode(env, each);
  for (let ticks = node.config[setting]; ticks > 0; ticks--) node.raw.tick();
  return null;
}

function transferLeadership(env: InteractionEnv, each: TranscriptCase): Failure {
  const from = nodeAt(env, parseNumber(argument(each, 'from')));
  from.raw.transferLeader(nodeAt(env, parseNumber(argument(each, 'to'))).id);
  return null;
}
