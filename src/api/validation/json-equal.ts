/** Whether two JSON values say the same: maps in any order, and absent, empty and `undefined` parts alike (Go's Semantic.DeepEqual). */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || Array.isArray(b)) return false;
  return mapsEqual(a as JsonMap, b as JsonMap);
}

type JsonMap = Readonly<Record<string, unknown>>;

/** A list or a map without entries is as good as none; a struct without fields is not told apart from it here. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) && value.length === 0;
}

function listsEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => semanticEqual(item, b[index]));
}

function mapsEqual(a: JsonMap, b: JsonMap): boolean {
  for (const key of Object.keys(a)) if (!semanticEqual(a[key], b[key])) return false;
  for (const key of Object.keys(b)) if (!(key in a) && !isEmpty(b[key])) return false;
  return true;
}

/** The paths at which two JSON values differ, with both values: one line each, at most `linesMax`. */
export function differences(a: unknown, b: unknown, path: string, linesMax = 20): string[] {
  const lines: string[] = [];
  collectDifferences(a, b, path, lines);
  return lines.slice(0, linesMax);
}

function collectDifferences(a: unknown, b: unknown, path: string, lines: string[]): void {
  if (semanticEqual(a, b)) return;
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    a.forEach((item, index) => {
      collectDifferences(item, b[index], `${path}[${String(index)}]`, lines);
    });
  } else if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      collectDifferences(a[key], b[key], `${path}.${key}`, lines);
    }
  } else {
    lines.push(`${path}: ${JSON.stringify(a ?? null)} -> ${JSON.stringify(b ?? null)}`);
  }
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
