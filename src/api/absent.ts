/*
 * The generated types say what a valid object holds. Until it is validated a required field may be absent all the same,
 * and in Go an empty string or a zero is an absent one.
 */

/** The list, or none. */
export function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return list ?? [];
}

/** The entries of a map, or none. */
export function entriesOf<T>(map: Readonly<Record<string, T>> | undefined): readonly [string, T][] {
  return map === undefined ? [] : Object.entries(map);
}

/** A field that its type calls required, as what it may be before validation. */
export function maybe<T>(value: T): T | undefined {
  return value;
}

/** In Go an empty string is an absent one. */
export function isUnset(text: string | undefined): boolean {
  return text === undefined || text === '';
}
