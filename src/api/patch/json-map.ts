/** A JSON object. */
export type JsonMap = Record<string, unknown>;

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key of the map's own; what it inherits is not in the JSON. */
export function getOwn(map: JsonMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** `__proto__` is a name like any other in JSON. */
export function setOwn(map: JsonMap, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else
    Object.defineProperty(map, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

/** The error of Go's decoder for JSON that is no object. */
export function notAMapText(value: unknown, goType = 'map[string]interface {}'): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${value === null ? 'null' : found} into Go value of type ${goType}`;
}
