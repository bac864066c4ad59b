import type { Declared, Program, Type } from '../../cel/index.js';
import { compile } from '../../cel/index.js';
import type { JsonSchema, ValidationRule } from '../json-schema.js';
import { readFieldPath } from './field-path.js';

/** A rule that was read and checked, or why it could not be. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: Program | undefined;
  readonly error: string | undefined;
  readonly messageProgram: Program | undefined;
  readonly messageError: string | undefined;
  /** Compares with the value before an update. */
  readonly usesOldSelf: boolean;
  /** Where in the value a failure is told; empty: of the value itself. */
  readonly fieldPath: string;
}

/** The name of the type of `self`. Kubernetes adds a number to it that nobody can count on. */
export const SELF_TYPE = 'selfType';

/** Compiles the rules of one schema, whose values have the declared type. */
export function compileRules(schema: JsonSchema, self: Declared): readonly CompiledRule[] {
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, schema, self));
}

function compileRule(rule: ValidationRule, schema: JsonSchema, self: Declared): CompiledRule {
  const { type } = self;
  const oldSelf: Type = rule.optionalOldSelf === true ? { kind: 'optional', element: type } : type;
  const variables = new Map([
    ['self', type],
    ['oldSelf', oldSelf],
  ]);
  const main = compile(rule.rule, variables);
  const error = main.ok ? wrongType(main.value) : `compilation failed: ${main.error}`;
  const program = main.ok && error === undefined ? main.value : undefined;
  const text = rule.messageExpression ?? '';
  const message = program === undefined || text === '' ? undefined : compile(text, variables);
  const messageError =
    message === undefined
      ? undefined
      : message.ok
        ? wrongMessageType(message.value)
        : `messageExpression compilation failed: ${message.error}`;
  const path = readFieldPath(rule.fieldPath ?? '', schema);
  return {
    rule,
    program,
    error,
    messageProgram: message?.ok === true && messageError === undefined ? message.value : undefined,
    messageError,
    usesOldSelf: program?.reads('oldSelf') ?? false,
    fieldPath: path.ok ? path.value : '',
  };
}

function wrongType({ type }: Program): string | undefined {
  return type.kind === 'bool' ? undefined : 'cel expression must evaluate to a bool';
}

function wrongMessageType({ type }: Program): string | undefined {
  return type.kind === 'string' ? undefined : 'messageExpression must evaluate to a string';
}
