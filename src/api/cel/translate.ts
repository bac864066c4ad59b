import type { ASTNode } from '@marcbachmann/cel-js';
import { IssueError } from './issue-error.js';
import type { Source } from './literal-syntax.js';
import { macroOf } from './macros.js';
import { operatorPlace, placeBefore } from './places.js';
import type { Expression, MessageField } from './syntax.js';
import type { Value } from './value.js';

/** So that whatever walks a tree stays within its stack. */
const DEPTH_MAX = 250;

/** The parser's tree as ours: with macros as loops, chains of `&&` and `||` flat, and places as Kubernetes tells them. */
export function translate(
  root: ASTNode,
  source: string,
  { optionals, messages }: Pick<Source, 'optionals' | 'messages'>,
): Expression {
  const expression = (node: ASTNode, depth: number): Expression => {
    if (depth > DEPTH_MAX)
      throw new IssueError(0, `expression recursion limit exceeded: ${String(DEPTH_MAX)}`);
    const inner = (each: ASTNode): Expression => expression(each, depth + 1);
    const binary = (name: string, left: ASTNode, right: ASTNode): Expression => ({
      at: operatorPlace(source, left.end, right.start, SIGNS[name] ?? ''),
      op: 'call',
      name,
      target: undefined,
      args: [inner(left), inner(right)],
    });
    switch (node.op) {
      case 'value':
        return { at: node.start, op: 'literal', value: literal(node.args, node.start) };
      case 'id':
        return { at: node.start, op: 'name', name: node.args };
      case '.':
      case '.?': {
        const [operand, field] = node.args;
        const form = node.op === '.' ? 'value' : 'optional';
        const at = placeBefore(source, node.pos, '.');
        return { at, op: 'select', operand: inner(operand), field, form };
      }
      case '[]':
      case '[?]': {
        const [operand, index] = node.args;
        const at = operatorPlace(source, operand.end, index.start, '[');
        const name = node.op === '[]' ? '_[_]' : '_[?_]';
        return { at, op: 'call', name, target: undefined, args: [inner(operand), inner(index)] };
      }
      case 'call': {
        const [name, args] = node.args;
        const at = node.start + source.slice(node.start).indexOf('(');
        return macroOf({ at, name, target: undefined, args: args.map(inner) });
      }
      case 'rcall': {
        const [name, target, args] = node.args;
        const at = openingOf(source, target.end, name);
        return macroOf({ at, name, target: inner(target), args: args.map(inner) });
      }
      case 'list':
        return {
          at: node.start,
          op: 'list',
          items: node.args.map(inner),
          optionals: marked(optionals, node.start, node.args, node.args),
        };
      case 'map': {
        const marks = marked(
          optionals,
          node.start,
          node.args.map(([key]) => key),
          node.args.map(([, value]) => value),
        );
        const type = messages.get(node.start);
        if (type !== undefined) {
          const fields = node.args.map(([key, value], index): MessageField => {
            const at = operatorPlace(source, key.end, value.start, ':');
            const name = fieldName(key, source, type);
            return { at, name, value: inner(value), isOptional: marks.has(index) };
          });
          return { at: node.start, op: 'message', type, fields };
        }
        return {
          at: node.start,
          op: 'map',
          entries: node.args.map(([key, value]) => [inner(key), inner(value)] as const),
          optionals: marks,
        };
      }
      case '?:': {
        const [condition, yes, no] = node.args;
        const at = operatorPlace(source, condition.end, yes.start, '?');
        const args = [inner(condition), inner(yes), inner(no)];
        return { at, op: 'call', name: '_?_:_', target: undefined, args };
      }
      case '||':
      case '&&':
        return chain(node, source, inner);
      case '!_':
      case '-_':
        return unary(node, inner);
      case 'in':
        return binary('@in', node.args[0], node.args[1]);
      default:
        return binary(`_${node.op}_`, node.args[0], node.args[1]);
    }
  };
  return expression(root, 1);
}

/** As it was written: the parser was given another name. */
function fieldName(key: ASTNode, source: string, type: string): string {
  if (key.op === 'id') return source.slice(key.start, key.end);
  throw new IssueError(key.start, `Syntax error: a field of ${type} is told by its name alone`);
}

const NONE: ReadonlySet<number> = new Set();

/** Which entries have a question mark before them: behind the end of the one before. */
function marked(
  optionals: readonly number[],
  start: number,
  firsts: readonly ASTNode[],
  lasts: readonly ASTNode[],
): ReadonlySet<number> {
  if (optionals.length === 0) return NONE;
  const found = firsts.flatMap((first, index) => {
    const from = lasts[index - 1]?.end ?? start;
    return optionals.some((at) => at >= from && at < first.start) ? [index] : [];
  });
  return new Set(found);
}

const SIGNS: Readonly<Record<string, string>> = {
  '@in': 'in',
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
};

type Logical = ASTNode & { readonly op: '||' | '&&'; readonly args: readonly [ASTNode, ASTNode] };
type Signed = ASTNode & { readonly op: '!_' | '-_'; readonly args: ASTNode };

/** `a && b && c` is one call of three: it leans to the left, as deep as it is long. */
function chain(node: ASTNode, source: string, inner: (node: ASTNode) => Expression): Expression {
  const { op } = node;
  const terms: ASTNode[] = [];
  let at = -1;
  let left = node;
  while (left.op === op) {
    const [first, second] = (left as Logical).args;
    at = operatorPlace(source, first.end, second.start, op);
    terms.push(second);
    left = first;
  }
  terms.push(left);
  const args = terms.reverse().map(inner);
  return { at, op: 'call', name: `_${op}_`, target: undefined, args };
}

/** Two signs of a kind cancel each other; a sign before a number belongs to it. */
function unary(node: ASTNode, inner: (node: ASTNode) => Expression): Expression {
  const { op, start } = node;
  let operand = node;
  let signs = 0;
  while (operand.op === op) {
    operand = (operand as Signed).args;
    signs++;
  }
  if (op === '-_' && operand.op === 'value') {
    const value = operand.args;
    const negative = signs % 2 === 1;
    if (typeof value === 'bigint')
      return { at: start, op: 'literal', value: literal(negative ? -value : value, start) };
    if (typeof value === 'number')
      return { at: start, op: 'literal', value: negative ? -value : value };
  }
  if (signs % 2 === 0) return inner(operand);
  return { at: start, op: 'call', name: op, target: undefined, args: [inner(operand)] };
}

/** The bracket after a method's name. */
function openingOf(source: string, from: number, name: string): number {
  const at = operatorPlace(source, from, source.length, '.');
  return operatorPlace(source, source.indexOf(name, at) + name.length, source.length, '(');
}

function literal(value: unknown, at: number): Value {
  if (typeof value === 'bigint') {
    if (value < -(2n ** 63n) || value > 2n ** 63n - 1n)
      throw new IssueError(at, 'Syntax error: invalid int literal');
    return value;
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    return { kind: 'uint', value: (value as { value: bigint }).value };
  return value as Value;
}
