import type { ReplicaLine } from '../../../daemon/index.js';
import { fittedTable, type Column } from '../fitted-table.js';
import type { TopModel } from '../model.js';
import { selectedIndex } from '../model.js';
import { line, styled, type Line } from '../styled-line.js';
import { ELECTION_COLUMNS } from './elections.js';

const COLUMNS: readonly Column<ReplicaLine>[] = [
  { title: 'REPLICA', rank: 0, cell: ({ id }) => id },
  {
    title: 'ROLE',
    rank: 0,
    cell: ({ role }) => role ?? '-',
    style: ({ role }) => (role === 'leader' ? 'strong' : undefined),
  },
  {
    title: 'STATE',
    rank: 0,
    cell: ({ state }) => state,
    style: ({ state }) => (state === 'running' ? 'good' : 'warn'),
  },
  { title: 'TERM', rank: 0, align: 'right', cell: ({ term }) => String(term) },
  { title: 'LAST INDEX', rank: 0, align: 'right', cell: ({ lastIndex }) => String(lastIndex) },
  { title: 'APPLIED', rank: 0, align: 'right', cell: ({ appliedIndex }) => String(appliedIndex) },
];

/** The store's replicas with their log positions, what is wrong with them, and below them the newest elections. */
export function clusterView(model: TopModel, width: number, height: number): Line[] {
  const { sample } = model;
  if (sample === undefined) return [];
  const { replicas } = sample.status.store;
  const problems = replicas.flatMap(({ id, problem }) =>
    problem === null ? [] : [line(styled('bad', `  ${id}: ${problem}`))],
  );
  const top = [
    ...fittedTable(COLUMNS, replicas, {
      width,
      height: replicas.length + 1,
      selected: selectedIndex(model),
    }),
    ...problems,
    [],
  ];
  const elections = fittedTable(ELECTION_COLUMNS, sample.elections ?? [], {
    width,
    height: height - top.length,
    selected: undefined,
  });
  return [...top, ...elections];
}
