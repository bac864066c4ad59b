/** How far a decoding has come: where it is, and what it found. */
export interface Decoding {
  /** The JSON path from the object down. */
  readonly path: PathPart[];
  /** The Go structs around the current value, the innermost last: an error names the last one. */
  readonly structs: string[];
  readonly unknownFields: string[];
  readonly errors: string[];
}

/** A field's name, a place in a list, a key of a map. */
export type PathPart = string | number | MapKey;

export interface MapKey {
  readonly key: string;
}

/** Kubernetes reports no more unknown and duplicate fields than this of one object. */
export const STRICT_ERRORS_MAX = 100;

export function newDecoding(): Decoding {
  return { path: [], structs: [], unknownFields: [], errors: [] };
}

/** `spec.containers[0].imag`. */
export function formatPath(path: readonly PathPart[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') {
      text += `[${String(part)}]`;
      continue;
    }
    const name = typeof part === 'string' ? part : part.key;
    text += text === '' ? name : `.${name}`;
  }
  return text;
}

export function reportUnknownField(decoding: Decoding, name: string): void {
  if (decoding.unknownFields.length >= STRICT_ERRORS_MAX) return;
  decoding.unknownFields.push(formatPath([...decoding.path, name]));
}

/** Go goes on after an error and reports the first one, so more than that one are of no use. */
export function reportError(decoding: Decoding, message: string): void {
  if (decoding.errors.length === 0) decoding.errors.push(message);
}

/**
 * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. Go's path holds
 * the names of fields only.
 */
export function reportTypeError(decoding: Decoding, value: unknown, goType: string): void {
  const struct = decoding.structs.at(-1);
  const fields = decoding.path.filter((part) => typeof part === 'string').join('.');
  const name = goValueName(value, goType);
  const inField = struct !== undefined && decoding.path.length > 0;
  const target = inField ? `Go struct field ${struct}.${fields} of type` : 'Go value of type';
  reportError(decoding, `json: cannot unmarshal ${name} into ${target} ${goType}`);
}

/** What an unmarshaller of its own says: it knows nothing of the field that it is in. */
export function reportBareTypeError(decoding: Decoding, value: unknown, goType: string): void {
  const name = goValueName(value, goType);
  reportError(decoding, `json: cannot unmarshal ${name} into Go value of type ${goType}`);
}

/** A number that is of the right sort, but does not fit, is shown. */
function goValueName(value: unknown, goType: string): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && /^int\d+$/.test(goType)) return `number ${String(value)}`;
  return value === null ? 'null' : typeof value;
}
