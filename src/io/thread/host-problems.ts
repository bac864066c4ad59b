import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChildSpec, SpecProblem } from '../../actor/index.js';
import type { SystemOptions } from './actor-system.js';

/** What only this host knows to be wrong with a child. */
export function hostProblems(
  { entry, config }: ChildSpec,
  { entryUrl }: Pick<SystemOptions, 'entryUrl'>,
): SpecProblem[] {
  const problems: SpecProblem[] = [];
  try {
    const file = fileURLToPath(entryUrl(entry));
    if (!existsSync(file)) problems.push({ path: 'entry', message: `no code at ${file}` });
  } catch (error) {
    problems.push({ path: 'entry', message: `${entry} is unknown: ${String(error)}` });
  }
  try {
    structuredClone(config);
  } catch (error) {
    problems.push({ path: 'config', message: `no plain data: ${String(error)}` });
  }
  return problems;
}
