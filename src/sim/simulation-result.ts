import type { ClientHistory } from './client-history.js';
import type { FaultCounts } from './fault-kinds.js';
import type { SimDisk } from './sim-disk.js';
import type { SimWorld } from './sim-world.js';

export interface SimulationResult {
  readonly seed: number;
  readonly ok: boolean;
  /** What broke, with the moment. */
  readonly failure?: string;
  readonly events: number;
  readonly virtualMs: number;
  /** The same for the same seed and the same code. */
  readonly traceHash: string;
  readonly faults: FaultCounts;
  readonly network: {
    readonly sent: number;
    readonly blocked: number;
  };
  readonly disks: {
    readonly syncs: number;
    readonly tornSectors: number;
    readonly droppedBytes: number;
  };
  readonly operations: {
    readonly tried: number;
    readonly answered: number;
    /** May have taken effect or not. */
    readonly unknown: number;
  };
  /** Calls of the model that the linearizability check took. */
  readonly checkerSteps: number;
  readonly leaders: number;
}

export interface SimulationParts {
  readonly seed: number;
  readonly failure: string | undefined;
  readonly world: SimWorld;
  readonly disks: readonly SimDisk[];
  readonly counts: FaultCounts;
  readonly history: ClientHistory;
  readonly checkerSteps: number;
  readonly leaders: number;
}

export function simulationResult(parts: SimulationParts): SimulationResult {
  const { seed, failure, world, disks, history, checkerSteps, leaders } = parts;
  const sum = (count: 'syncs' | 'tornSectors' | 'droppedBytes'): number =>
    disks.reduce((total, { counts }) => total + counts[count], 0);
  const ended = (type: 'answered' | 'unknown'): number =>
    history.operations.filter(({ outcome }) => outcome.type === type).length;
  const { sent, lost, reordered, duplicated, blocked } = world.network.counts;
  return {
    seed,
    ok: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    events: world.events,
    virtualMs: world.nowMs,
    traceHash: world.traceHash(),
    faults: { ...parts.counts, loss: lost, reordering: reordered, duplication: duplicated },
    network: { sent, blocked },
    disks: {
      syncs: sum('syncs'),
      tornSectors: sum('tornSectors'),
      droppedBytes: sum('droppedBytes'),
    },
    operations: {
      tried: history.operations.length,
      answered: ended('answered'),
      unknown: ended('unknown'),
    },
    checkerSteps,
    leaders,
  };
}
