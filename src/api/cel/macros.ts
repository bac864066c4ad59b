import { IssueError } from './issue-error.js';
import type { Call, Expression, LoopKind } from './syntax.js';

type Found = Omit<Call, 'op'> & { readonly at: number };

/** With how many variables and arguments a macro may be written, and what it is then. */
const LOOPS: Readonly<Record<string, readonly (readonly [1 | 2, number, LoopKind])[]>> = {
  all: [
    [1, 2, 'all'],
    [2, 3, 'all'],
  ],
  exists: [
    [1, 2, 'exists'],
    [2, 3, 'exists'],
  ],
  exists_one: [
    [1, 2, 'existsOne'],
    [2, 3, 'existsOne'],
  ],
  existsOne: [
    [1, 2, 'existsOne'],
    [2, 3, 'existsOne'],
  ],
  map: [
    [1, 2, 'map'],
    [1, 3, 'map'],
  ],
  filter: [[1, 2, 'filter']],
  transformList: [
    [2, 3, 'map'],
    [2, 4, 'map'],
  ],
  sortBy: [[1, 2, 'sortBy']],
  transformMap: [
    [2, 3, 'transformMap'],
    [2, 4, 'transformMap'],
  ],
  transformMapEntry: [
    [2, 3, 'transformMapEntry'],
    [2, 4, 'transformMapEntry'],
  ],
};

/** A call, or what the macro of that name makes of it. */
export function macroOf(found: Found): Expression {
  const { at, name, target, args } = found;
  if (target === undefined)
    return name === 'has' && args.length === 1 ? presence(found) : call(found);
  if (isName(target, 'optional') || isName(target, 'cel')) return call(found);
  const optional = optionalMacro(found, target);
  if (optional !== undefined) return optional;
  const forms = Object.hasOwn(LOOPS, name) ? (LOOPS[name] ?? []) : [];
  const form = forms.find(([, count]) => count === args.length);
  if (form === undefined) return call(found);
  const [count, , kind] = form;
  const names = args.slice(0, count).map((arg) => variableOf(arg, name));
  const rest = args.slice(count);
  const body = rest.at(-1);
  if (body === undefined) return call(found);
  const condition = rest.length === 2 ? rest[0] : undefined;
  const variables = names as unknown as readonly [string] | readonly [string, string];
  return { at, op: 'loop', kind, range: target, variables, condition, body };
}

function call({ at, name, target, args }: Found): Expression {
  return { at, op: 'call', name, target, args };
}

function isName(expression: Expression, name: string): boolean {
  return expression.op === 'name' && expression.name === name;
}

function presence({ at, args }: Found): Expression {
  const [arg] = args;
  if (arg?.op !== 'select' || arg.form === 'presence')
    throw new IssueError(arg?.at ?? 0, 'invalid argument to has() macro');
  return { ...arg, at, form: 'presence' };
}

function variableOf(arg: Expression, macro: string): string {
  if (arg.op === 'name') return arg.name;
  const text = ['map', 'filter'].includes(macro)
    ? 'argument is not an identifier'
    : 'argument must be a simple name';
  throw new IssueError(arg.at, text);
}

/** `optMap(x, t)` and `optFlatMap(x, t)`: over what an optional value has, if anything. */
function optionalMacro({ at, name, args }: Found, target: Expression): Expression | undefined {
  const [variable, body] = args;
  if ((name !== 'optMap' && name !== 'optFlatMap') || args.length !== 2) return undefined;
  if (variable === undefined || body === undefined) return undefined;
  if (variable.op !== 'name')
    throw new IssueError(variable.at, `${name}() variable name must be a simple identifier`);
  const variables = [variable.name] as const;
  return { at, op: 'loop', kind: name, range: target, variables, condition: undefined, body };
}
