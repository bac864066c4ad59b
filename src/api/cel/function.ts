import { assert } from '../../base/index.js';
import type { Type } from './types.js';
import { DYN } from './types.js';
import type { Optional, Value } from './value.js';
import { kindOf } from './value.js';

/** One form of a function: what it takes, what it gives, and what it does. */
export interface Overload {
  readonly name: string;
  /** The first parameter stands before the dot. */
  readonly isMethod: boolean;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly run: (...args: never[]) => Value;
}

/** Capital letters stand for any type, the same one wherever they are: `list(A)`. */
const TYPE = /^(?:(list|optional|map)\((.*)\)|([A-Z])|([a-z]+)|([a-z]+(?:\.[A-Za-z]+)+))$/;

const types = new Map<string, Type>();

/** The few types of all libraries are read once. */
function typeOf(text: string): Type {
  let type = types.get(text);
  if (type === undefined) {
    type = readType(text);
    types.set(text, type);
  }
  return type;
}

function readType(text: string): Type {
  const found = TYPE.exec(text);
  assert(found !== null, `a type: ${text}`);
  const [, outer, inner = '', param, plain, opaque] = found;
  if (param !== undefined) return { kind: 'param', name: param };
  if (opaque !== undefined) return { kind: 'opaque', name: opaque };
  if (plain === 'type') return { kind: 'type', of: undefined };
  if (plain !== undefined) return { kind: plain } as Type;
  if (outer === 'map') {
    const [key = '', value = ''] = inner.split(',');
    return { kind: 'map', key: typeOf(key), value: typeOf(value) };
  }
  return { kind: outer as 'list' | 'optional', element: typeOf(inner) };
}

/** A function, operator or method that the types of its parameters tell from others of its name. */
export function define(
  name: string,
  params: readonly string[],
  result: string,
  run: (...args: never[]) => Value,
): Overload {
  return { name, isMethod: false, params: params.map(typeOf), result: typeOf(result), run };
}

export function method(
  name: string,
  params: readonly string[],
  result: string,
  run: (...args: never[]) => Value,
): Overload {
  return { ...define(name, params, result, run), isMethod: true };
}

/** Whether a value may be passed for a parameter. What is within lists is seen to by the function. */
export function takes(param: Type, value: Value): boolean {
  if (param.kind === 'param' || param === DYN || param.kind === 'dyn') return true;
  if (param.kind === 'object') return kindOf(value) === 'map' || kindOf(value) === 'message';
  if (param.kind === 'optional') {
    if (kindOf(value) !== 'optional') return false;
    const { value: content } = value as Optional;
    return content === undefined || takes(param.element, content);
  }
  if (param.kind !== 'opaque') return kindOf(value) === param.kind;
  return (
    typeof value === 'object' && value !== null && 'type' in value && value.type === param.name
  );
}
