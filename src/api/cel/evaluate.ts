import { assert } from '../../base/index.js';
import type { Checked } from './check.js';
import { callCost, isByResult } from './call-cost.js';
import { takes } from './function.js';
import { runLoop } from './loop.js';
import type { Meter } from './meter.js';
import type { Evaluator, Scope } from './scope.js';
import { CostExceeded } from './meter.js';
import type { CallExpression, Expression, MessageExpression, SelectExpression } from './syntax.js';
import type { Mapping, Message, Optional, Value } from './value.js';
import {
  EvaluationError,
  NONE,
  kindOf,
  listOf,
  mapOf,
  noSuchOverload,
  optionalOf,
} from './value.js';

/** The variables of an expression. One that is not read need not be made. */
export type Variables = (name: string) => Value | undefined;

const LIST_COST = 10;
const MAP_COST = 30;
const MESSAGE_COST = 40;

/** Evaluates a checked expression. Throws `EvaluationError` and `CostExceeded`. */
export function createEvaluator(checked: Checked, variables: Variables, meter: Meter): Evaluator {
  const self: Evaluator = { evaluate, meter };

  function evaluate(expression: Expression, scope: Scope): Value {
    switch (expression.op) {
      case 'literal':
        return expression.value;
      case 'name':
        return nameValue(expression, expression.name, scope);
      case 'select':
        return select(expression, scope);
      case 'call':
        return call(expression, scope);
      case 'loop':
        return runLoop(self, expression, scope);
      case 'list': {
        const items = expression.items.flatMap((item, index) =>
          present(evaluate(item, scope), expression.optionals.has(index)),
        );
        if (!isConstant(expression)) meter.charge(LIST_COST);
        return listOf(items);
      }
      case 'map': {
        const entries = expression.entries.flatMap(([key, value], index) => {
          const name = evaluate(key, scope);
          const found = present(evaluate(value, scope), expression.optionals.has(index));
          return found.map((each) => [name, each] as const);
        });
        if (!isConstant(expression)) meter.charge(MAP_COST);
        return mapOf(entries);
      }
      case 'message':
        return message(expression, scope);
    }
  }

  function message(expression: MessageExpression, scope: Scope): Value {
    const type = checked.messageTypeOf(expression);
    assert(type !== undefined, 'what is evaluated was checked');
    const fields = new Map<string, Value>();
    for (const { name, value, isOptional } of expression.fields) {
      fields.delete(name);
      for (const each of present(evaluate(value, scope), isOptional)) fields.set(name, each);
    }
    meter.charge(MESSAGE_COST);
    return type.make(fields);
  }

  function nameValue(expression: Expression, name: string, scope: Scope): Value {
    for (let at = scope; at !== undefined; at = at.outer) {
      if (at.name !== name) continue;
      meter.charge(1);
      return at.value;
    }
    const typeName = checked.typeNameOf(expression);
    if (typeName !== undefined) return { kind: 'type', name: typeName };
    return variableValue(name);
  }

  function variableValue(name: string): Value {
    meter.charge(1);
    const value = variables(name);
    if (value === undefined) throw new EvaluationError(`no such attribute(s): ${name}`);
    return value;
  }

  function select(expression: SelectExpression, scope: Scope): Value {
    const typeName = checked.typeNameOf(expression);
    if (typeName !== undefined) return { kind: 'type', name: typeName };
    const variable = checked.variableOf(expression);
    if (variable !== undefined) return variableValue(variable);
    const { field, form } = expression;
    const operand = evaluate(expression.operand, scope);
    if (form !== 'presence') meter.charge(1);
    if (kindOf(operand) === 'optional')
      return selectOptional((operand as Optional).value, field, form);
    const found = fieldOf(operand, field);
    if (form === 'presence') return found !== undefined;
    if (form === 'optional') return found === undefined ? NONE : optionalOf(found);
    return found ?? unsetField(operand, field);
  }

  function call(expression: CallExpression, scope: Scope): Value {
    const { name, args } = expression;
    if (name === '_&&_' || name === '_||_') return logical(args, name === '_||_', scope);
    if (name === '_?_:_') return conditional(args, scope);
    const resolved = checked.callOf(expression);
    assert(resolved !== undefined, 'what is evaluated was checked');
    const target = resolved.isQualified ? undefined : expression.target;
    const values = (target === undefined ? args : [target, ...args]).map((arg) =>
      evaluate(arg, scope),
    );
    const form = resolved.overloads.find(({ params }) =>
      params.every((param, index) => takes(param, values[index] ?? null)),
    );
    if (form === undefined) throw noSuchOverload();
    // Kubernetes makes a set of such a list once, and looks into it for nothing.
    const [, set] = args;
    const isFree = name === '@in' && set?.op === 'list' && isConstant(set);
    const isLate = isByResult(form);
    if (!isFree && !isLate) meter.charge(callCost(form, values, null));
    const result = form.run(...(values as never[]));
    if (isLate) meter.charge(callCost(form, values, result));
    return result;
  }

  /** What is false whatever else is in it is false, even beside an error (langdef, logical operators). */
  function logical(args: readonly Expression[], decisive: boolean, scope: Scope): Value {
    let error: unknown;
    for (const arg of args) {
      try {
        const value = evaluate(arg, scope);
        if (value === decisive) return decisive;
        if (typeof value !== 'boolean') error ??= noSuchOverload();
      } catch (caught) {
        if (!(caught instanceof EvaluationError)) throw caught;
        error ??= caught;
      }
    }
    if (error instanceof Error) throw error;
    return !decisive;
  }

  function conditional(args: readonly Expression[], scope: Scope): Value {
    const [condition, yes, no] = args;
    assert(condition !== undefined && yes !== undefined && no !== undefined, 'three operands');
    const value = evaluate(condition, scope);
    if (typeof value !== 'boolean') throw noSuchOverload();
    return evaluate(value ? yes : no, scope);
  }

  return self;
}

/** What an entry puts into a list or map: of an optional one, what it has. */
function present(value: Value, isOptional: boolean): readonly Value[] {
  if (!isOptional) return [value];
  if (kindOf(value) !== 'optional') throw noSuchOverload();
  const { value: found } = value as Optional;
  return found === undefined ? [] : [found];
}

function fieldOf(operand: Value, field: string): Value | undefined {
  switch (kindOf(operand)) {
    case 'map':
      return (operand as Mapping).get(field);
    case 'message':
      return (operand as Message).fields.get(field);
    default:
      throw noSuchOverload();
  }
}

function unsetField(operand: Value, field: string): Value {
  if (kindOf(operand) === 'message') return (operand as Message).unset(field);
  throw new EvaluationError(`no such key: ${field}`);
}

/** A field of what may not be there may not be there. */
function selectOptional(operand: Value | undefined, field: string, form: string): Value {
  const found = operand === undefined ? undefined : fieldOf(operand, field);
  if (form === 'presence') return found !== undefined;
  return found === undefined ? NONE : optionalOf(found);
}

/** Whether a list or map is written out in full. It costs nothing then: Kubernetes makes it once. */
function isConstant(expression: Expression): boolean {
  switch (expression.op) {
    case 'literal':
      return true;
    case 'list':
      return expression.items.every(isConstant);
    case 'map':
      return expression.entries.every(([key, value]) => isConstant(key) && isConstant(value));
    default:
      return false;
  }
}

export type Outcome =
  | { readonly type: 'value'; readonly value: Value; readonly cost: number }
  /** `isLimit`: the cost went beyond the limit. */
  | {
      readonly type: 'error';
      readonly message: string;
      readonly isLimit: boolean;
      readonly cost: number;
    };

/** Evaluates a checked expression; what goes wrong is told, not thrown. */
export function evaluate(
  root: Expression,
  checked: Checked,
  variables: Variables,
  meter: Meter,
): Outcome {
  try {
    const value = createEvaluator(checked, variables, meter).evaluate(root, undefined);
    return { type: 'value', value, cost: meter.spent };
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof CostExceeded) {
      const isLimit = error instanceof CostExceeded;
      return { type: 'error', message: error.message, isLimit, cost: meter.spent };
    }
    throw error;
  }
}
