import type { V1Pod } from '../api/index.js';
import type { Random } from '../base/index.js';
import { randomPick } from '../base/index.js';
import type { Misfit, Plugin } from './framework.js';
import type { NodeInfo } from './node-info.js';
import { nodeNameOf } from './node-info.js';

export type Decision =
  | {
      readonly type: 'node';
      readonly nodeName: string;
      readonly scores: ReadonlyMap<string, number>;
    }
  | {
      readonly type: 'unschedulable';
      readonly message: string;
      readonly plugins: ReadonlySet<string>;
    };

const SCORE_MAX = 100;

/** Where a pod goes: of the nodes that every plugin lets through, one with the highest score. */
export function decide(
  pod: V1Pod,
  nodes: readonly NodeInfo[],
  plugins: readonly Plugin[],
  random: Random,
): Decision {
  const misfits: { readonly plugin: string; readonly misfit: Misfit }[] = [];
  const fitting: NodeInfo[] = [];
  for (const node of nodes) {
    const turnedAway = firstMisfit(pod, node, plugins);
    if (turnedAway === undefined) fitting.push(node);
    else misfits.push(turnedAway);
  }
  if (fitting.length === 0) {
    return {
      type: 'unschedulable',
      message: fitErrorMessage(misfits.map(({ misfit }) => misfit)),
      plugins: new Set(misfits.map(({ plugin }) => plugin)),
    };
  }
  const scores = scoreAll(pod, fitting, plugins);
  const best = Math.max(...scores.values());
  const winners = [...scores].filter(([, score]) => score === best).map(([name]) => name);
  return { type: 'node', nodeName: randomPick(random, winners), scores };
}

function firstMisfit(
  pod: V1Pod,
  node: NodeInfo,
  plugins: readonly Plugin[],
): { plugin: string; misfit: Misfit } | undefined {
  for (const { name, fits } of plugins) {
    const misfit = fits?.(pod, node);
    if (misfit !== undefined) return { plugin: name, misfit };
  }
  return undefined;
}

function scoreAll(
  pod: V1Pod,
  nodes: readonly NodeInfo[],
  plugins: readonly Plugin[],
): Map<string, number> {
  const totals = new Map(nodes.map((node) => [nodeNameOf(node), 0]));
  for (const { score, weight = 1 } of plugins) {
    if (score === undefined) continue;
    const raw = nodes.map((node) => score(pod, node));
    const low = Math.min(...raw);
    const span = Math.max(...raw) - low;
    nodes.forEach((node, at) => {
      const scaled = span === 0 ? 0 : (((raw[at] ?? 0) - low) / span) * SCORE_MAX;
      const name = nodeNameOf(node);
      totals.set(name, (totals.get(name) ?? 0) + weight * scaled);
    });
  }
  return totals;
}

/**
 * kube-scheduler's words: `0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient memory.`, and
 * what preemption could do about it.
 */
export function fitErrorMessage(misfits: readonly Misfit[]): string {
  if (misfits.length === 0) return 'no nodes available to schedule pods';
  const head = `0/${String(misfits.length)} nodes are available:`;
  const preemption = misfits.map(({ resolvable }) =>
    resolvable
      ? 'No preemption victims found for incoming pod'
      : 'Preemption is not helpful for scheduling',
  );
  const reasons = misfits.flatMap((misfit) => misfit.reasons);
  return `${head} ${histogram(reasons)}. preemption: ${head} ${histogram(preemption)}.`;
}

function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${String(count)} ${reason}`)
    .sort()
    .join(', ');
}
