import { ok } from '../base/index.js';
import type { RuleTable, RulesPort } from './rules.js';

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
      services: table.length,
      backends: table.reduce((sum, rule) => sum + rule.backends.length, 0),
      withoutBackends: table.filter((rule) => rule.backends.length === 0).map((rule) => rule.name),
    }),
  };
}
