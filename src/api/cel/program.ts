import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { check } from './check.js';
import type { Declared } from './declared.js';
import { estimateCost } from './estimate.js';
import { NO_EXTENSION } from './extension.js';
import type { Extension } from './extension.js';
import type { Outcome, Variables } from './evaluate.js';
import { evaluate } from './evaluate.js';
import { createMeter } from './meter.js';
import { parse } from './parse.js';
import { formatIssues } from './syntax.js';
import type { Type } from './types.js';
import { checkLiterals } from './check-literals.js';

/** An expression that was read and checked. */
export interface Program {
  readonly type: Type;
  /** Whether it reads a variable. */
  reads(name: string): boolean;
  /** The most that an evaluation may cost, where variables have what `self` declares. */
  costMax(self: Declared): number;
  /** Evaluates it, as long as that costs no more than `costLimit`. */
  run(variables: Variables, costLimit: number): Outcome;
}

/**
 * Reads and checks an expression (cel-spec, langdef.md). Pure; time and memory are bounded by the length of the text, and
 * at a run by its cost. The error is as CEL tells it: `ERROR: <input>:1:6: undefined field 'x'` with the line below.
 */
export function compile(
  source: string,
  variables: ReadonlyMap<string, Type>,
  extension: Extension = NO_EXTENSION,
): Result<Program, string> {
  const parsed = parse(source);
  if (!parsed.ok) return failed(formatIssues(source, [parsed.error]));
  const root = parsed.value;
  const { checked, issues } = check(root, variables, extension);
  const wrong = issues.length > 0 ? issues : checkLiterals(root, checked);
  if (wrong.length > 0) return failed(formatIssues(source, wrong));
  return ok({
    type: checked.type,
    reads: (name) => checked.names.has(name),
    costMax: (self) => estimateCost(root, checked, self),
    run: (values, costLimit) => evaluate(root, checked, values, createMeter(costLimit)),
  });
}
