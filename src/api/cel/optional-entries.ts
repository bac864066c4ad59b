/** What the parser is to read, and where in it entries of lists and maps are optional: `[?x]`, `{?k: v}`. */
export interface Source {
  /** As long as what was written: places in it are the same. */
  readonly text: string;
  /** Where the question marks were. */
  readonly optionals: readonly number[];
}

/** A question mark behind what opens a list or map, or behind a comma. */
const LIKELY = /[[{,](?:\s|\/\/[^\n]*\n)*\?/;

/**
 * Takes the question marks of optional entries out, which the parser does not know. That of `a[?0]`, which it knows, and that of a
 * condition stay.
 */
export function withoutOptionals(source: string): Source {
  if (!LIKELY.test(source)) return { text: source, optionals: [] };
  const optionals: number[] = [];
  const open: ('literal' | 'other')[] = [];
  let before = '';
  for (let at = 0; at < source.length; ) {
    const end = tokenEnd(source, at);
    const token = source.slice(at, end);
    if (token === '[' || token === '{')
      open.push(token === '[' && isValue(before) ? 'other' : 'literal');
    else if (token === '(') open.push('other');
    else if (token === ')' || token === ']' || token === '}') open.pop();
    else if (token === '?' && open.at(-1) === 'literal' && ['[', '{', ','].includes(before))
      optionals.push(at);
    if (!/^(\s|\/\/)/.test(token)) before = token;
    at = end;
  }
  if (optionals.length === 0) return { text: source, optionals };
  const units = source.split('');
  for (const at of optionals) units[at] = ' ';
  return { text: units.join(''), optionals };
}

/** Whether what stands there can be looked into by `[`. */
function isValue(token: string): boolean {
  return token !== 'in' && /[\w)\]}'"`]$/.test(token);
}

const STRING = /(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')/y;
const PLAIN = /\s+|\/\/[^\n]*|\w+/y;

/** A word, a string, a comment, blanks, or one sign. */
function tokenEnd(source: string, at: number): number {
  STRING.lastIndex = at;
  const quoted = STRING.exec(source);
  if (quoted !== null) return stringEnd(source, STRING.lastIndex, quoted[0], quoted[1] ?? '');
  PLAIN.lastIndex = at;
  return PLAIN.test(source) ? PLAIN.lastIndex : at + 1;
}

function stringEnd(source: string, from: number, opening: string, quote: string): number {
  const isRaw = /^[bB]?[rR]/.test(opening);
  for (let at = from; at < source.length; at++) {
    if (source.startsWith(quote, at)) return at + quote.length;
    if (source[at] === '\\' && !isRaw) at++;
  }
  return source.length;
}
