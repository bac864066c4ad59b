import { goQuote } from '../go-quote.js';
import type { StatusCause } from '../status.js';
import type { Owner } from './managed-fields.js';
import type { FieldConflict } from './ownership.js';
import { pathText } from './path-element.js';

/** `Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:` and a line for each field. */
export function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    const { owner, path } = first;
    return `Apply failed with 1 conflict: conflict with ${ownerText(owner)}: ${pathText(path)}`;
  }
  const groups = new Map<string, string[]>();
  for (const { owner, path } of conflicts) {
    const head = `conflicts with ${ownerText(owner)}:`;
    groups.set(head, [...(groups.get(head) ?? []), `- ${pathText(path)}`]);
  }
  const lines = [...groups].flatMap(([head, paths]) => [head, ...paths]);
  return `Apply failed with ${String(conflicts.length)} conflicts: ${lines.join('\n')}`;
}

export function conflictCauses(conflicts: readonly FieldConflict[]): StatusCause[] {
  return conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${ownerText(owner)}`,
    field: pathText(path),
  }));
}

/** An updater is named with its version, as the same program may write in several. */
function ownerText({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = goQuote(manager);
  const who = subresource === '' ? name : `${name} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}
