import { goQuote } from '../go-quote.js';
import type { PathElement } from './field-set.js';
import { fieldElement, pathText } from './path-element.js';
import type { ListShape, MapShape, ScalarShape, Shape } from './shape.js';
import { asList, asMap, isEmptyMap, itemElement, resolve } from './shape.js';

const ERRORS_MAX = 100;

/** Why what is applied does not fit its type, one line each, in structured-merge-diff's words. */
export function checkApplied(value: unknown, shape: Shape): readonly string[] {
  const errors: string[] = [];
  check(value, shape, [], errors);
  return errors;
}

/** As Kubernetes puts several of them: `errors:` and a line for each. */
export function errorsText(errors: readonly string[]): string {
  if (errors.length === 1) return errors.join('');
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function report(errors: string[], path: readonly PathElement[], message: string): void {
  if (errors.length >= ERRORS_MAX) return;
  const place = pathText(path);
  errors.push(place === '' ? message : `${place}: ${message}`);
}

function check(value: unknown, shape: Shape, path: readonly PathElement[], errors: string[]): void {
  if (shape.type === 'deduced' || value === null || value === undefined) return;
  const known = resolve(shape, value);
  switch (known.type) {
    case 'scalar':
      checkScalar(value, known, path, errors);
      return;
    case 'list':
      checkList(value, known, path, errors);
      return;
    case 'map':
      checkMap(value, known, path, errors);
  }
}

function checkScalar(
  value: unknown,
  { of }: ScalarShape,
  path: readonly PathElement[],
  errors: string[],
): void {
  const found = typeof value;
  if (of === 'numeric' && found !== 'number') {
    report(errors, path, `expected numeric (int or float), got ${goType(value)}`);
  } else if (of === 'string' && found !== 'string') {
    report(errors, path, `expected string, got ${goUnstructured(value)}`);
  } else if (of === 'boolean' && found !== 'boolean') {
    report(errors, path, `expected boolean, got ${goUnstructured(value)}`);
  } else if (of === 'any' && found === 'object') {
    report(errors, path, `expected scalar, got ${goUnstructured(value)}`);
  }
}

function checkList(
  value: unknown,
  shape: ListShape,
  path: readonly PathElement[],
  errors: string[],
): void {
  const list = asList(value);
  if (list === undefined) {
    report(errors, path, `expected list, got &{${goPlain(value)}}`);
    return;
  }
  const seen = new Set<PathElement>();
  for (const [at, item] of list.entries()) {
    const atomic = shape.relation === 'atomic';
    const element = atomic ? `i:${String(at)}` : itemElement(shape, item);
    if (element === undefined) {
      report(errors, path, `element ${String(at)}: ${whyNoElement(shape, item)}`);
      continue;
    }
    if (seen.has(element)) {
      report(errors, path, `duplicate entries for key ${pathText([element])}`);
    }
    seen.add(element);
    check(item, shape.item(), [...path, element], errors);
  }
}

function whyNoElement({ relation, keys }: ListShape, item: unknown): string {
  const map = asMap(item);
  if (relation === 'map') {
    if (item === null) return 'associative list with keys may not have a null element';
    if (map === undefined) return 'associative list with keys may not have non-map elements';
    const missing = keys.find((key) => (map[key.name] ?? key.default) === undefined);
    const name = goQuote(missing?.name ?? '');
    return `associative list with keys has an element that omits key field ${name} (and doesn't have default value)`;
  }
  if (map !== undefined) return "associative list without keys has an element that's a map type";
  if (asList(item) !== undefined) {
    return 'not supported: associative list with lists as elements';
  }
  return "associative list without keys has an element that's an explicit null";
}

function checkMap(
  value: unknown,
  shape: MapShape,
  path: readonly PathElement[],
  errors: string[],
): void {
  const map = asMap(value);
  if (map === undefined) {
    report(errors, path, `expected map, got &{${goPlain(value)}}`);
    return;
  }
  for (const [name, item] of Object.entries(map)) {
    const below = shape.field(name) ?? shape.value;
    const at = [...path, fieldElement(name)];
    if (below === undefined) report(errors, at, 'field not declared in schema');
    else check(item, below, at, errors);
  }
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** Go's `%#v` of the value that structured-merge-diff holds. */
function goUnstructured(value: unknown): string {
  return `&value.valueUnstructured{Value:${goSyntax(value)}}`;
}

function goSyntax(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  const list = asList(value);
  if (list !== undefined) return `[]interface {}{${list.map(goSyntax).join(', ')}}`;
  const map = asMap(value);
  if (map === undefined) return value === null ? 'interface {}(nil)' : JSON.stringify(value);
  if (isEmptyMap(map)) return 'map[string]interface {}{}';
  const entries = Object.entries(map).map(([name, item]) => `${goQuote(name)}:${goSyntax(item)}`);
  return `map[string]interface {}{${entries.sort().join(', ')}}`;
}

/** Go's `%v`. */
function goPlain(value: unknown): string {
  const list = asList(value);
  if (list !== undefined) return `[${list.map(goPlain).join(' ')}]`;
  const map = asMap(value);
  if (typeof value === 'string') return value;
  if (map === undefined) return value === null ? '<nil>' : JSON.stringify(value);
  const entries = Object.entries(map).map(([name, item]) => `${name}:${goPlain(item)}`);
  return `map[${entries.sort().join(' ')}]`;
}
