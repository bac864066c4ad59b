import { listOf } from '../absent.js';
import type { V1Pod } from '../generated/types.js';
import { hasCondition, summarizePod } from './pod-status.js';
import type { Printer } from './printer.js';
import { AGE, NAME, NONE, column, orNone, since } from './printer.js';
import type { TableRow } from './table.js';

const WIDE = { wide: true };

export const podPrinter: Printer<V1Pod> = {
  columns: [
    NAME,
    column('Ready', 'string', 'How many of its containers are ready.'),
    column('Status', 'string', 'The state of the containers in one word.'),
    column('Restarts', 'string', 'How often its containers were restarted, and when last.'),
    AGE,
    column('IP', 'string', 'The address of the pod.', WIDE),
    column('Node', 'string', 'The node that the pod is bound to.', WIDE),
    column('Nominated Node', 'string', 'The node where room is being made for the pod.', WIDE),
    column('Readiness Gates', 'string', 'How many of its readiness gates are true.', WIDE),
  ],
  cells: (pod, nowMs) => {
    const summary = summarizePod(pod);
    const { readyContainers, totalContainers, restarts, lastRestart } = summary;
    const count = String(restarts);
    const restarted = restarts > 0 && lastRestart !== undefined;
    return [
      pod.metadata?.name ?? '',
      `${String(readyContainers)}/${String(totalContainers)}`,
      summary.status,
      restarted ? `${count} (${since(lastRestart, nowMs)} ago)` : count,
      since(pod.metadata?.creationTimestamp, nowMs),
      orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
      orNone(pod.spec?.nodeName),
      orNone(pod.status?.nominatedNodeName),
      readinessGates(pod),
    ];
  },
  conditions: podConditions,
};

function readinessGates(pod: V1Pod): string {
  const gates = listOf(pod.spec?.readinessGates);
  if (gates.length === 0) return NONE;
  const status = pod.status ?? {};
  const isTrue = gates.filter((gate) => hasCondition(status, gate.conditionType)).length;
  return `${String(isTrue)}/${String(gates.length)}`;
}

/** Marks the rows of pods that have ended. */
function podConditions(pod: V1Pod): TableRow['conditions'] {
  const phase = pod.status?.phase;
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const message = phase === 'Succeeded' ? 'The pod has completed successfully.' : 'The pod failed.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
}
