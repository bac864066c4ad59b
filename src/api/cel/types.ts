/** A type of CEL. `param` is a variable of a function's signature; `error` follows something that was refused. */
export type Type =
  | { readonly kind: Plain }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | ObjectType
  | { readonly kind: 'opaque'; readonly name: string }
  | { readonly kind: 'optional'; readonly element: Type }
  | { readonly kind: 'type'; readonly of: Type | undefined }
  | { readonly kind: 'param'; readonly name: string };

type Plain =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error';

export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  /** May make them when they are asked for: there are types that hold themselves. */
  readonly fields: { get(name: string): Type | undefined };
}

export const DYN: Type = { kind: 'dyn' };
export const ERROR: Type = { kind: 'error' };
export const BOOL: Type = { kind: 'bool' };
export const INT: Type = { kind: 'int' };
export const STRING: Type = { kind: 'string' };

/** A type as CEL's messages have it: `map(string, list(int))`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'object':
    case 'opaque':
    case 'param':
      return type.name;
    case 'optional':
      return `optional_type(${formatType(type.element)})`;
    case 'type':
      return type.of === undefined ? 'type' : `type(${formatType(type.of)})`;
    case 'error':
      return '!error!';
    default:
      return type.kind;
  }
}

/** `(string, int)`, or `string.(int)` of a method. */
export function formatSignature(target: Type | undefined, args: readonly Type[]): string {
  const list = `(${args.map(formatType).join(', ')})`;
  return target === undefined ? list : `${formatType(target)}.${list}`;
}

/** What the free variables of the types of one expression stand for. */
export interface Bindings {
  get(name: string): Type | undefined;
  set(name: string, type: Type): void;
  /** How many there are: what was bound since can be taken back. */
  readonly size: number;
  takeBack(size: number): void;
}

export function createBindings(): Bindings {
  const types = new Map<string, Type>();
  const names: string[] = [];
  return {
    get: (name) => types.get(name),
    set(name, type) {
      types.set(name, type);
      names.push(name);
    },
    get size() {
      return names.length;
    },
    takeBack(size) {
      while (names.length > size) types.delete(names.pop() ?? '');
    },
  };
}

/** Puts in what is known of the variables in a type. What is not known may be anything, where `free` is `dyn`. */
export function substitute(
  bindings: Pick<Bindings, 'get'>,
  type: Type,
  free: 'keep' | 'dyn' = 'keep',
): Type {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name);
      if (bound !== undefined) return substitute(bindings, bound, free);
      return free === 'dyn' ? DYN : type;
    }
    case 'list':
      return { kind: 'list', element: substitute(bindings, type.element, free) };
    case 'optional':
      return { kind: 'optional', element: substitute(bindings, type.element, free) };
    case 'map':
      return {
        kind: 'map',
        key: substitute(bindings, type.key, free),
        value: substitute(bindings, type.value, free),
      };
    default:
      return type;
  }
}

/** Whether both types may be of one value; binds variables of either for that. What was bound before a `false` stays. */
export function unify(bindings: Bindings, left: Type, right: Type): boolean {
  const a = resolve(bindings, left);
  const b = resolve(bindings, right);
  if (a.kind === 'param' || b.kind === 'param') {
    if (a.kind === 'param' && b.kind === 'param' && a.name === b.name) return true;
    const [variable, other] = b.kind === 'param' ? [b, a] : [a as typeof b, b];
    if (variable.kind !== 'param' || occurs(bindings, variable.name, other)) return false;
    bindings.set(variable.name, other);
    return true;
  }
  if (isAny(a) || isAny(b)) return true;
  if (a.kind === 'null' || b.kind === 'null') return isNullable(a.kind === 'null' ? b : a);
  if (a.kind === 'list') return b.kind === 'list' && unify(bindings, a.element, b.element);
  if (a.kind === 'optional') return b.kind === 'optional' && unify(bindings, a.element, b.element);
  if (a.kind === 'map')
    return b.kind === 'map' && unify(bindings, a.key, b.key) && unify(bindings, a.value, b.value);
  if (a.kind === 'object') return b.kind === 'object' && a.name === b.name;
  if (a.kind === 'opaque') return b.kind === 'opaque' && a.name === b.name;
  return a.kind === b.kind;
}

function resolve(bindings: Bindings, type: Type): Type {
  let found = type;
  while (found.kind === 'param') {
    const bound = bindings.get(found.name);
    if (bound === undefined) return found;
    found = bound;
  }
  return found;
}

function isAny(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

/** null is a value of these, as it was of messages in the beginning of CEL. */
function isNullable({ kind }: Type): boolean {
  return ['null', 'opaque', 'optional', 'object', 'duration', 'timestamp'].includes(kind);
}

function occurs(bindings: Bindings, name: string, within: Type): boolean {
  const type = resolve(bindings, within);
  switch (type.kind) {
    case 'param':
      return type.name === name;
    case 'list':
    case 'optional':
      return occurs(bindings, name, type.element);
    case 'map':
      return occurs(bindings, name, type.key) || occurs(bindings, name, type.value);
    default:
      return false;
  }
}

/** The one of two types that unify which says less. */
export function moreGeneral(a: Type, b: Type): Type {
  return saysLess(a, b) ? a : b;
}

function saysLess(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param') return false;
  if (a.kind === 'list' && b.kind === 'list') return saysLess(a.element, b.element);
  if (a.kind === 'map' && b.kind === 'map')
    return saysLess(a.key, b.key) && saysLess(a.value, b.value);
  return a.kind === b.kind;
}

export function sameType(a: Type, b: Type): boolean {
  return a === b || formatType(a) === formatType(b);
}
