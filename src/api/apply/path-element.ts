import { goQuote } from '../go-quote.js';
import { isJsonObject } from '../scheme/json.js';
import type { Draft, FieldSet, PathElement } from './field-set.js';
import { isEmptySet, MEMBER } from './field-set.js';

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The name of a field; undefined for another sort of element. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** The item of a list that has these values in the fields that tell its items apart. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): PathElement {
  const sorted = keys.length < 2 ? keys : [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `k:{${parts.join(',')}}`;
}

/** The item of a set. */
export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** `.spec.containers[name="web"].image`, as Kubernetes names a path to people. */
export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}

function elementText(element: PathElement): string {
  const rest = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${rest}`;
    case 'k:': {
      const keys = parseJson(rest);
      if (!isJsonObject(keys)) return `[${rest}]`;
      return `[${Object.entries(keys)
        .map(([name, value]) => `${name}=${valueText(value)}`)
        .join(',')}]`;
    }
    case 'v:':
      return `[=${valueText(parseJson(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const DEPTH_MAX = 1000;

/**
 * A set as a client wrote it, with its elements in the one form that is used here. Undefined: it is none. What is no field,
 * item or index is refused, as Kubernetes does.
 */
export function readFieldSet(json: unknown, depth = 0): FieldSet | undefined {
  if (!isJsonObject(json) || depth > DEPTH_MAX) return undefined;
  const set: Draft = {};
  for (const [written, below] of Object.entries(json)) {
    const element = readElement(written);
    const node = readFieldSet(below, depth + 1);
    if (element === undefined || node === undefined) return undefined;
    set[element] = element === '.' ? MEMBER : node;
  }
  // `{".": {}}` says no more than `{}`.
  const lone = Object.keys(set).length === 1 && set['.'] !== undefined;
  return lone || isEmptySet(set) ? MEMBER : set;
}

function readElement(written: string): PathElement | undefined {
  if (written === '.' || written.startsWith('f:')) return written;
  const rest = written.slice(2);
  switch (written.slice(0, 2)) {
    case 'k:': {
      const keys = parseJson(rest);
      return isJsonObject(keys) ? keyElement(Object.entries(keys)) : undefined;
    }
    case 'v:': {
      const value = parseJson(rest);
      return value === undefined ? undefined : valueElement(value);
    }
    case 'i:':
      return /^\d+$/.test(rest) ? written : undefined;
    default:
      return undefined;
  }
}
