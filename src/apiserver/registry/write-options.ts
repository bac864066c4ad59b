import { invalid } from '../../api/index.js';
import { ok } from '../../base/index.js';
import { refuse } from '../outcome.js';
import type { Outcome } from '../outcome.js';

/** Reads `dryRun`, from the query or the body of a delete: absent, or `All`. */
export function readDryRun(values: readonly string[], optionsKind: string): Outcome<boolean> {
  const wrong = values.find((value) => value !== 'All');
  if (wrong !== undefined) {
    const detail = 'supported values: "All"';
    const error = {
      type: 'FieldValueNotSupported',
      field: 'dryRun',
      badValue: wrong,
      detail,
    } as const;
    return refuse(invalid({ group: 'meta.k8s.io', kind: optionsKind }, '', [error]));
  }
  return ok(values.length > 0);
}

export function dryRunValues(query: Readonly<Record<string, string>>): readonly string[] {
  const value = query['dryRun'];
  return value === undefined ? [] : [value];
}
