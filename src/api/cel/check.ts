import { NO_EXTENSION } from './extension.js';
import type { Extension, MessageType } from './extension.js';
import type { Overload } from './function.js';
import { findFunction, typeNamed } from './functions/index.js';
import { renamed } from './instantiate.js';
import { literalType, qualifiedName, wholeName } from './name-types.js';
import type {
  CallExpression,
  Expression,
  Issue,
  LoopExpression,
  MessageExpression,
  SelectExpression,
} from './syntax.js';
import type { Type } from './types.js';
import {
  BOOL,
  DYN,
  ERROR,
  createBindings,
  INT,
  formatSignature,
  formatType,
  moreGeneral,
  sameType,
  substitute,
  unify,
} from './types.js';

/** What checking finds out about an expression. */
export interface Checked {
  readonly type: Type;
  typeOf(expression: Expression): Type;
  /** The forms of a function that a call may mean; its target is a part of the name where `isQualified`. */
  callOf(call: Expression): Resolved | undefined;
  /** The type that a name stands for where it is that of no variable: `int`, `net.IP`. */
  typeNameOf(expression: Expression): string | undefined;
  /** The variable that a selection is the name of: `authorizer.requestResource`. */
  variableOf(select: Expression): string | undefined;
  /** The type of a message that is written out. */
  messageTypeOf(message: Expression): MessageType | undefined;
  /** The variables that are read. */
  readonly names: ReadonlySet<string>;
}

export interface Resolved {
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly isQualified: boolean;
}

type Scope = ReadonlyMap<string, Type>;

const ORDERED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

function isOrdered({ kind }: Type): boolean {
  return ['dyn', 'error', 'param', ...ORDERED].includes(kind);
}

/** Types of all parts of an expression, or all that is wrong with it, in CEL's words. */
export function check(
  root: Expression,
  variables: Scope,
  extension: Extension = NO_EXTENSION,
): { readonly checked: Checked; readonly issues: readonly Issue[] } {
  const checker = createChecker(variables, extension);
  const type = checker.visit(root, new Map());
  return { checked: { ...checker.found, type: checker.final(type) }, issues: checker.issues };
}

function createChecker(variables: Scope, extension: Extension) {
  const bindings = createBindings();
  const issues: Issue[] = [];
  const types = new Map<Expression, Type>();
  const calls = new Map<Expression, Resolved>();
  const messages = new Map<Expression, MessageType>();
  const typeNames = new Map<Expression, string>();
  const wholeNames = new Map<Expression, string>();
  const names = new Set<string>();
  let free = 0;

  const fail = (at: number, message: string): Type => {
    issues.push({ at, message });
    return ERROR;
  };
  const undeclared = (at: number, name: string): Type =>
    fail(at, `undeclared reference to '${name}' (in container '')`);
  const mismatch = (at: number, wanted: Type, found: Type): Type =>
    fail(
      at,
      `expected type '${formatType(final(wanted))}' but found '${formatType(final(found))}'`,
    );
  const variable = (): Type => ({ kind: 'param', name: `_var${String(free++)}` });
  const known = (type: Type): Type => substitute(bindings, type);
  const final = (type: Type): Type => substitute(bindings, type, 'dyn');
  const functionsOf = (name: string): readonly Overload[] | undefined =>
    extension.functions(name) ?? findFunction(name);
  const agree = (a: Type, b: Type): boolean => {
    const before = bindings.size;
    if (unify(bindings, a, b)) return true;
    bindings.takeBack(before);
    return false;
  };

  function visit(expression: Expression, scope: Scope): Type {
    const type = typeOf(expression, scope);
    types.set(expression, type);
    return type;
  }

  function typeOf(expression: Expression, scope: Scope): Type {
    switch (expression.op) {
      case 'literal':
        return literalType(expression.value);
      case 'name':
        return nameType(expression, expression.name, scope);
      case 'select':
        return selectType(expression, scope);
      case 'call':
        return callType(expression, scope);
      case 'loop':
        return loopType(expression, scope);
      case 'list':
        return { kind: 'list', element: joined(expression.items, scope, expression.optionals) };
      case 'map': {
        const key = joined(
          expression.entries.map(([each]) => each),
          scope,
        );
        const value = joined(
          expression.entries.map(([, each]) => each),
          scope,
          expression.optionals,
        );
        return { kind: 'map', key, value };
      }
      case 'message':
        return messageType(expression, scope);
    }
  }

  function messageType(expression: MessageExpression, scope: Scope): Type {
    const declared = extension.message(expression.type);
    if (declared === undefined) return undeclared(expression.at, expression.type);
    messages.set(expression, declared);
    for (const { at, name, value, isOptional } of expression.fields) {
      const found = visit(value, scope);
      const given = isOptional ? withinOptional(value.at, found) : found;
      const wanted = declared.type.fields.get(name) ?? fail(at, `undefined field '${name}'`);
      if (agree(wanted, given)) continue;
      const [one, other] = [formatType(final(wanted)), formatType(final(given))];
      fail(at, `expected type of field '${name}' is '${one}' but provided type is '${other}'`);
    }
    return declared.type;
  }

  function joined(
    items: readonly Expression[],
    scope: Scope,
    optionals?: ReadonlySet<number>,
  ): Type {
    let type: Type | undefined;
    for (const [index, item] of items.entries()) {
      const found = visit(item, scope);
      const next = optionals?.has(index) === true ? withinOptional(item.at, found) : found;
      if (type === undefined) type = next;
      else type = agree(type, next) ? moreGeneral(type, next) : mismatch(item.at, type, next);
    }
    return type ?? variable();
  }

  function nameType(expression: Expression, name: string, scope: Scope): Type {
    const local = scope.get(name);
    if (local !== undefined) return local;
    const declared = variables.get(name);
    if (declared !== undefined) {
      names.add(name);
      return declared;
    }
    return typeNameType(expression, name) ?? undeclared(expression.at, name);
  }

  function typeNameType(expression: Expression, name: string): Type | undefined {
    const of = typeNamed(name) ?? extension.message(name)?.type;
    if (of === undefined) return undefined;
    typeNames.set(expression, name);
    return { kind: 'type', of };
  }

  function selectType(select: SelectExpression, scope: Scope): Type {
    const whole = wholeName(select, scope, variables);
    if (whole !== undefined) {
      wholeNames.set(select, whole);
      return nameType(select, whole, scope);
    }
    const name = select.form === 'value' ? qualifiedName(select, scope, variables) : undefined;
    const asType = name === undefined ? undefined : typeNameType(select, name);
    if (asType !== undefined) return asType;
    const operand = known(visit(select.operand, scope));
    const within = operand.kind === 'optional' ? operand.element : operand;
    const field = fieldType(select, known(within));
    if (select.form === 'presence') return BOOL;
    if (operand.kind !== 'optional' && select.form !== 'optional') return field;
    return field.kind === 'optional' ? field : { kind: 'optional', element: field };
  }

  function fieldType({ at, field }: SelectExpression, type: Type): Type {
    switch (type.kind) {
      case 'map':
        return type.value;
      case 'object':
        return type.fields.get(field) ?? fail(at, `undefined field '${field}'`);
      case 'dyn':
      case 'error':
        return DYN;
      case 'param':
        agree(DYN, type);
        return DYN;
      default:
        fail(at, `type '${formatType(final(type))}' does not support field selection`);
        return DYN;
    }
  }

  function callType(call: CallExpression, scope: Scope): Type {
    const args = call.args.map((arg) => visit(arg, scope));
    if (call.target === undefined) {
      const forms = functionsOf(call.name);
      if (forms === undefined) return undeclared(call.at, call.name);
      return resolve(call, call.name, forms, undefined, args, false);
    }
    const prefix = qualifiedName(call.target, scope, variables);
    const qualified = prefix === undefined ? undefined : `${prefix}.${call.name}`;
    const forms = qualified === undefined ? undefined : functionsOf(qualified);
    if (qualified !== undefined && forms !== undefined)
      return resolve(call, qualified, forms, undefined, args, true);
    const target = visit(call.target, scope);
    const methods = functionsOf(call.name);
    if (methods === undefined) return undeclared(call.at, call.name);
    return resolve(call, call.name, methods, target, args, false);
  }

  function resolve(
    call: CallExpression,
    name: string,
    forms: readonly Overload[],
    target: Type | undefined,
    args: readonly Type[],
    isQualified: boolean,
  ): Type {
    if (name === '_&&_' || name === '_||_') return logical(call, args);
    const given = target === undefined ? args : [target, ...args];
    const overloads: Overload[] = [];
    let result: Type | undefined;
    for (const form of forms) {
      if (form.isMethod !== (target !== undefined) || form.params.length !== given.length) continue;
      const fresh = renamed(form, variable);
      const before = bindings.size;
      if (!fresh.params.every((param, index) => unify(bindings, given[index] ?? DYN, param))) {
        bindings.takeBack(before);
        continue;
      }
      overloads.push(form);
      const type = known(fresh.result);
      if (result === undefined) result = type;
      else if (!sameType(result, type)) result = DYN;
    }
    if (result === undefined) {
      const signature = formatSignature(
        target === undefined ? undefined : final(target),
        args.map(final),
      );
      return fail(call.at, `found no matching overload for '${name}' applied to '${signature}'`);
    }
    calls.set(call, { name, overloads, isQualified });
    return result;
  }

  function logical(call: CallExpression, args: readonly Type[]): Type {
    const wrong = args.map((type, index) => {
      if (agree(type, BOOL)) return false;
      mismatch(call.args[index]?.at ?? call.at, BOOL, type);
      return true;
    });
    return wrong.includes(true) ? ERROR : BOOL;
  }

  function loopType(loop: LoopExpression, scope: Scope): Type {
    const range = known(visit(loop.range, scope));
    const optional = loop.kind === 'optMap' || loop.kind === 'optFlatMap';
    const items = optional ? [withinOptional(loop.at, range)] : itemTypes(loop, range);
    const inner = new Map(scope);
    loop.variables.forEach((name, index) => inner.set(name, items[index] ?? DYN));
    if (loop.condition !== undefined) wantBool(loop.condition, inner);
    const body = visit(loop.body, inner);
    switch (loop.kind) {
      case 'map':
        return { kind: 'list', element: body };
      case 'optMap':
        return { kind: 'optional', element: body };
      case 'optFlatMap':
        return body;
      case 'transformMap':
        return { kind: 'map', key: items[0] ?? DYN, value: body };
      case 'transformMapEntry': {
        const entry: Type = { kind: 'map', key: variable(), value: variable() };
        return agree(entry, body) ? known(entry) : mismatch(loop.body.at, entry, body);
      }
      case 'sortBy':
        return sortedType(loop, range, body);
      case 'filter':
        if (!agree(body, BOOL)) return mismatch(loop.body.at, BOOL, body);
        return { kind: 'list', element: items[0] ?? DYN };
      default:
        return agree(body, BOOL) ? BOOL : mismatch(loop.body.at, BOOL, body);
    }
  }

  /** It is a list in the order of what each item comes to. */
  function sortedType(loop: LoopExpression, range: Type, body: Type): Type {
    const key = known(body);
    const isList = range.kind === 'list' || range.kind === 'dyn' || range.kind === 'error';
    if (isList && isOrdered(key)) return range;
    const signature = formatSignature(final(range), [final({ kind: 'list', element: key })]);
    return fail(
      loop.at,
      `found no matching overload for '@sortByAssociatedKeys' applied to '${signature}'`,
    );
  }

  function wantBool(expression: Expression, scope: Scope): void {
    const type = visit(expression, scope);
    if (!agree(type, BOOL)) mismatch(expression.at, BOOL, type);
  }

  /** What an optional value has. */
  function withinOptional(at: number, type: Type): Type {
    const given = known(type);
    if (given.kind === 'optional') return given.element;
    if (given.kind === 'dyn' || given.kind === 'error') return DYN;
    const element = variable();
    const wanted: Type = { kind: 'optional', element };
    return agree(given, wanted) ? known(element) : mismatch(at, wanted, given);
  }

  function itemTypes(loop: LoopExpression, range: Type): readonly Type[] {
    const isPair = loop.variables.length === 2;
    switch (range.kind) {
      case 'list':
        return isPair ? [INT, range.element] : [range.element];
      case 'map':
        return isPair ? [range.key, range.value] : [range.key];
      case 'param':
        agree(DYN, range);
        return [DYN, DYN];
      case 'dyn':
      case 'error':
        return [DYN, DYN];
      default: {
        const type = formatType(final(range));
        const text = `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        fail(loop.range.at, text);
        return [ERROR, ERROR];
      }
    }
  }

  const found = {
    typeOf: (expression: Expression): Type => final(types.get(expression) ?? DYN),
    callOf: (call: Expression): Resolved | undefined => calls.get(call),
    messageTypeOf: (message: Expression): MessageType | undefined => messages.get(message),
    typeNameOf: (expression: Expression): string | undefined => typeNames.get(expression),
    variableOf: (select: Expression): string | undefined =>
      wholeNames.size === 0 ? undefined : wholeNames.get(select),
    names,
  };
  return { visit, final, issues, found };
}
