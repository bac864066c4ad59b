/*
 * Sets of completion indexes as the status writes them: `1,3-5,7`, sorted, runs of three or more as `first-last`
 * (and of two as `first,last`).
 */

export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const run of (text ?? '').split(',')) {
    const [first = '', last = first] = run.split('-');
    if (!/^[0-9]+$/.test(first) || !/^[0-9]+$/.test(last)) continue;
    for (let index = Number(first); index <= Number(last) && index < completions; index++)
      indexes.add(index);
  }
  return indexes;
}

export function printIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  }
  return runs.map(printRun).join(',');
}

function printRun({ first, last }: { first: number; last: number }): string {
  if (first === last) return String(first);
  return `${String(first)}${last === first + 1 ? ',' : '-'}${String(last)}`;
}
