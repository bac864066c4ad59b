/** Where a sign stands between two parts of an expression: only brackets, blanks and comments are beside it. */
export function operatorPlace(source: string, from: number, to: number, sign: string): number {
  for (let at = from; at < to; at++) {
    if (source.startsWith('//', at) && sign !== '/') {
      const end = source.indexOf('\n', at);
      if (end < 0) return from;
      at = end;
    } else if (source.startsWith(sign, at)) return at;
  }
  return from;
}

/** Where a sign stands last before a place. */
export function placeBefore(source: string, before: number, sign: string): number {
  const at = source.lastIndexOf(sign, before - 1);
  return at < 0 ? before : at;
}
