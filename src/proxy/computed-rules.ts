import { ok } from '../base/index.js';
import type { RuleTable, RulesPort } from './rules.js';

/** FNV-1a of what every node should agree on: the table without what is local to a node. */
function tableHash(table: RuleTable): string {
  const text = JSON.stringify(table, (key, value: unknown) =>
    key === 'local' ? undefined : value,
  );
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** Rules that are computed and shown, but forward nothing: what there is on this floor, where containers are simulated. */
export function computedRules(): RulesPort {
  let table: RuleTable = [];
  let applied = 0;
  return {
    apply(next) {
      table = next;
      applied++;
      return Promise.resolve(ok(undefined));
    },
    report: () => ({
      applied,
      hash: tableHash(table),
      services: table.length,
      backends: table.reduce((sum, rule) => sum + rule.backends.length, 0),
      withoutBackends: table.filter((rule) => rule.backends.length === 0).map((rule) => rule.name),
    }),
  };
}
