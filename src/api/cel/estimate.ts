import { NEW_LIST_COST } from './call-cost.js';
import type { Checked } from './check.js';
import type { Declared, Step } from './declared.js';
import { INDICES, ITEMS, KEYS, VALUES, declaredAt, stepInto } from './declared.js';
import { estimateCall } from './estimate-call.js';
import type { Estimate } from './estimated.js';
import { sizeOf } from './estimated.js';
import type { Range } from './estimate-range.js';
import { UNKNOWN, ZERO, add, fixed, multiply, scale, union } from './estimate-range.js';
import type { CallExpression, Expression, LoopExpression } from './syntax.js';
import type { Type } from './types.js';
import { codePoints } from './value.js';

const LIST_COST = fixed(10);
const MAP_COST = fixed(30);
const MESSAGE_COST = fixed(40);
const ONE = fixed(1);
/** The list that `sortBy` is over is read twice, by a name of its own. */
const SORT_NAMES = 3;

interface Local {
  readonly path: readonly Step[] | undefined;
  readonly size: Range | undefined;
}
type Scope = ReadonlyMap<string, Local>;

/**
 * The most that an expression may cost, whatever is in its variables (cel-go, checker/cost.go). A change of it changes
 * which CustomResourceDefinitions are accepted.
 */
export function estimateCost(root: Expression, checked: Checked, self: Declared): number {
  return createEstimator(checked, self)(root, new Map()).cost.max;
}

type Visit = (expression: Expression, scope: Scope) => Estimate;

function createEstimator(checked: Checked, self: Declared): Visit {
  const visit: Visit = (expression, scope) => {
    const found = estimate(expression, scope);
    const type = checked.typeOf(expression);
    const size = found.size ?? declaredSize(found.path) ?? scalarSize(type);
    const elementSize = found.path === undefined ? undefined : declaredSize([...found.path, ITEMS]);
    return { path: undefined, itemSize: undefined, ...found, size, elementSize, type };
  };

  function declaredSize(path: readonly Step[] | undefined): Range | undefined {
    const declared = path === undefined ? undefined : declaredAt(self, path);
    return declared === undefined ? undefined : { min: 0, max: declared.sizeMax };
  }

  type Found = Pick<Estimate, 'cost'> & Partial<Omit<Estimate, 'type'>>;

  function estimate(expression: Expression, scope: Scope): Found {
    switch (expression.op) {
      case 'literal':
        return { cost: ZERO, size: fixed(literalSize(expression.value)) };
      case 'name': {
        const local = scope.get(expression.name);
        if (local === undefined) return { cost: ONE, path: [] };
        const size =
          declaredSize(local.path) ?? scalarSize(checked.typeOf(expression)) ?? local.size;
        return { cost: ONE, path: local.path, size };
      }
      case 'select': {
        const { cost, path, type } = visit(expression.operand, scope);
        if (expression.form === 'presence') return { cost };
        const isPaid = type.kind === 'map' || type.kind === 'object';
        if (expression.form === 'optional') return { cost: add(cost, ONE) };
        return { cost: isPaid ? add(cost, ONE) : cost, path: stepInto(path, expression.field) };
      }
      case 'list': {
        const items = expression.items.map((item) => visit(item, scope));
        const itemSize = items.map(sizeOf).reduce(union, items.length === 0 ? ZERO : EMPTY_UNION);
        return { cost: add(LIST_COST, ...costs(items)), size: fixed(items.length), itemSize };
      }
      case 'map': {
        const keys = expression.entries.map(([key]) => visit(key, scope));
        const values = expression.entries.map(([, value]) => visit(value, scope));
        const itemSize = values.map(sizeOf).reduce(union, keys.length === 0 ? ZERO : EMPTY_UNION);
        const cost = add(MAP_COST, ...costs(keys), ...costs(values));
        return { cost, size: fixed(keys.length), itemSize };
      }
      case 'message': {
        const values = expression.fields.map(({ value }) => visit(value, scope));
        return { cost: add(MESSAGE_COST, ...costs(values)) };
      }
      case 'call':
        return call(expression, scope);
      case 'loop':
        return loop(expression, scope);
    }
  }

  function call(expression: CallExpression, scope: Scope): Found {
    const { name } = expression;
    const resolved = checked.callOf(expression);
    const target = resolved?.isQualified === true ? undefined : expression.target;
    const args = (target === undefined ? expression.args : [target, ...expression.args]).map(
      (arg) => visit(arg, scope),
    );
    if (name === '_&&_' || name === '_||_') {
      const [first = ZERO] = costs(args);
      return { cost: { min: first.min, max: add(ZERO, ...costs(args)).max } };
    }
    const [first, second, third] = args;
    if (name === '_?_:_' && first !== undefined && second !== undefined && third !== undefined)
      return conditional(first, second, third);
    const made = estimateCall(resolved?.name ?? name, resolved?.overloads ?? [], args, expression);
    return { ...made, cost: add(made.cost, ...costs(args)) };
  }

  function conditional(condition: Estimate, yes: Estimate, no: Estimate): Found {
    const itemSize =
      yes.itemSize === undefined || no.itemSize === undefined
        ? undefined
        : union(yes.itemSize, no.itemSize);
    const cost = add(condition.cost, union(yes.cost, no.cost));
    return { cost, size: union(sizeOf(yes), sizeOf(no)), itemSize };
  }

  /** A macro stands for a loop over an accumulator, whose reading, testing and growing count. */
  function loop(expression: LoopExpression, scope: Scope): Found {
    const range = visit(expression.range, scope);
    const inner = new Map(scope);
    locals(expression, range).forEach((local, index) => {
      inner.set(expression.variables[index] ?? '', local);
    });
    const body = visit(expression.body, inner);
    const condition =
      expression.condition === undefined ? undefined : visit(expression.condition, inner);
    const count = sizeOf(range);
    const times = (step: Range): Range => multiply(count, step);
    const guarded = (step: Range): Range =>
      condition === undefined ? step : add(condition.cost, union(step, ONE));
    switch (expression.kind) {
      case 'all':
        return {
          cost: add(range.cost, times(add(fixed(2), { min: 1, max: 1 + body.cost.max })), ONE),
        };
      case 'exists':
        return {
          cost: add(range.cost, times(add(fixed(3), { min: 1, max: 1 + body.cost.max })), ONE),
        };
      case 'existsOne':
        return { cost: add(range.cost, times(add(body.cost, { min: 1, max: 2 })), fixed(2)) };
      case 'map': {
        const cost = add(range.cost, LIST_COST, times(guarded(add(fixed(12), body.cost))), ONE);
        return { cost, size: count, itemSize: { min: 0, max: sizeOf(body).max } };
      }
      case 'filter': {
        const cost = add(range.cost, LIST_COST, times(add(body.cost, { min: 1, max: 13 })), ONE);
        return { cost, size: count, path: undefined, itemSize: range.itemSize };
      }
      case 'transformMapEntry': {
        const cost = add(range.cost, MAP_COST, times(guarded(add(fixed(2), body.cost))), ONE);
        return { cost, size: undefined };
      }
      case 'sortBy': {
        const made = add(range.cost, LIST_COST, times(add(fixed(12), body.cost)), ONE);
        const factor = body.type.kind === 'string' || body.type.kind === 'bytes' ? 2.1 : 2;
        const sorting = scale(multiply(count, count), factor);
        const cost = add(made, sorting, fixed(NEW_LIST_COST + SORT_NAMES));
        return { cost, size: count, itemSize: range.itemSize };
      }
      case 'transformMap': {
        const cost = add(range.cost, MAP_COST, times(guarded(add(fixed(12), body.cost))), ONE);
        return { cost, size: count, itemSize: { min: 0, max: sizeOf(body).max } };
      }
      case 'optMap':
      case 'optFlatMap':
        return { cost: add(range.cost, ONE, { min: 0, max: body.cost.max }), size: body.size };
    }
  }

  function locals(expression: LoopExpression, range: Estimate): readonly Local[] {
    const { path, itemSize, type } = range;
    if (expression.kind === 'optMap' || expression.kind === 'optFlatMap')
      return [{ path: undefined, size: undefined }];
    const at = (step: Step): readonly Step[] => stepInto(path, step);
    const isList = type.kind === 'list';
    if (expression.variables.length === 1)
      return [isList ? { path: at(ITEMS), size: itemSize } : { path: at(KEYS), size: undefined }];
    return isList
      ? [
          { path: at(INDICES), size: ONE },
          { path: at(ITEMS), size: itemSize },
        ]
      : [
          { path: at(KEYS), size: undefined },
          { path: at(VALUES), size: itemSize },
        ];
  }

  return visit;
}

const EMPTY_UNION: Range = { min: UNKNOWN.max, max: 0 };

function costs(estimates: readonly Estimate[]): Range[] {
  return estimates.map(({ cost }) => cost);
}

function literalSize(value: unknown): number {
  if (typeof value === 'string') return codePoints(value);
  return value instanceof Uint8Array ? value.length : 1;
}

/** Numbers, booleans and times are of one size. */
function scalarSize(type: Type): Range | undefined {
  if (type.kind === 'optional') return scalarSize(type.element);
  const kinds = ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'];
  return kinds.includes(type.kind) ? ONE : undefined;
}
