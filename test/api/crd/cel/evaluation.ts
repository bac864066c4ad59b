import { compile } from '../../../../src/api/cel/index.js';
import type { JsonSchema } from '../../../../src/api/crd/index.js';
import { declare } from '../../../../src/api/crd/rules/declare.js';
import { schemaValue } from '../../../../src/api/crd/rules/schema-value.js';

/** An expression over `self`, whose data has the schema: its value, its error (with `!`), or what is wrong with it. */
export function evaluated(source: string, schema: JsonSchema, data: unknown): unknown {
  const self = declare(schema, false, 'selfType');
  if (self === undefined) throw new Error('no type');
  const program = compile(source, new Map([['self', self.type]]));
  if (!program.ok) return program.error;
  const outcome = program.value.run(() => schemaValue(data, schema), 1_000_000);
  return outcome.type === 'value' ? outcome.value : `! ${outcome.message}`;
}

/** The same of an expression without data. */
export function constant(source: string): unknown {
  return evaluated(source, { type: 'object' }, {});
}
