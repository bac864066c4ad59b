/** Settings by dotted path: `apiServer.port`. */
export function readPath(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

export function writePath(target: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = target;
  for (const part of parts) {
    const next = at[part];
    if (typeof next === 'object' && next !== null && !Array.isArray(next))
      at = next as Record<string, unknown>;
    else at = at[part] = {};
  }
  at[last] = value;
}

/** The paths of everything that is no mapping. */
export function leafPaths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return prefix === '' ? [] : [prefix];
  return Object.entries(value).flatMap(([key, inner]) =>
    leafPaths(inner, prefix === '' ? key : `${prefix}.${key}`),
  );
}

/** All paths of a schema whose settings all have defaults. */
export function settingPaths(schema: { parse(value: unknown): unknown }): string[] {
  return leafPaths(schema.parse({}));
}
