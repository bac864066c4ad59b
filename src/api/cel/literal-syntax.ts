/** What the parser is to read, and what it does not know: `[?x]`, `{?k: v}`, and messages, `Object.spec{a: 1}`. */
export interface Source {
  /** As long as what was written: places in it are the same. */
  readonly text: string;
  /** Where the question marks of optional entries were. */
  readonly optionals: readonly number[];
  /** The names of types by the places of the braces that follow them. */
  readonly messages: ReadonlyMap<number, string>;
}

/** A question mark behind what opens a list or map, or behind a comma; and a brace behind a word. */
const OPTIONAL = /[[{,](?:\s|\/\/[^\n]*\n)*\?/;
const MESSAGE = /\w(?:\s|\/\/[^\n]*\n)*\{/;

interface Token {
  readonly text: string;
  readonly at: number;
}

type Bracket = 'list' | 'map' | 'message' | 'other';

/**
 * Takes out what the parser does not know, and notes it. The question marks of `a[?0]`, which it knows, and of a condition stay.
 * A message becomes a map: the name of its type is blank, and the names of its fields, which may be words that are reserved
 * elsewhere, become plain ones of the same length.
 */
export function plainSyntax(source: string): Source {
  if (!OPTIONAL.test(source) && !MESSAGE.test(source))
    return { text: source, optionals: [], messages: new Map() };
  const optionals: number[] = [];
  const messages = new Map<number, string>();
  const units = source.split('');
  const open: Bracket[] = [];
  const read: Token[] = [];
  const put = ({ at, text }: Token, unit: string): void => {
    units.fill(unit, at, at + text.length);
  };
  for (let at = 0; at < source.length; ) {
    const token = { at, text: source.slice(at, tokenEnd(source, at)) };
    const { text } = token;
    at += text.length;
    if (/^(\s|\/\/)/.test(text)) continue;
    const before = read.at(-1)?.text ?? '';
    const begins = before === '' || ['[', '{', ','].includes(before);
    const within = open.at(-1);
    if (text === '[') open.push(isValue(before) ? 'other' : 'list');
    else if (text === '(') open.push('other');
    else if (text === ')' || text === ']' || text === '}') open.pop();
    else if (text === '{') {
      const name = typeName(read);
      open.push(name.length === 0 ? 'map' : 'message');
      if (name.length > 0) messages.set(token.at, nameText(name));
      for (const part of name) put(part, ' ');
    } else if (text === '?' && begins && within !== undefined && within !== 'other') {
      optionals.push(token.at);
      put(token, ' ');
      continue;
    } else if (within === 'message' && begins && isIdentifier(text)) put(token, 'x');
    read.push(token);
  }
  return { text: units.join(''), optionals, messages };
}

/** The words and dots right before a brace that are the name of a type; none: it is a map. */
function typeName(read: readonly Token[]): readonly Token[] {
  let from = read.length;
  while (isIdentifier(read[from - 1]?.text ?? '')) {
    from--;
    if (read[from - 1]?.text !== '.') return read.slice(from);
    from--;
  }
  if (from === read.length) return [];
  // A dot before all of it; behind a value it would look into that.
  return isValue(read[from - 1]?.text ?? '') ? [] : read.slice(from);
}

function nameText(parts: readonly Token[]): string {
  const name = parts.map(({ text }) => text).join('');
  return name.startsWith('.') ? name.slice(1) : name;
}

const KEYWORDS = ['in', 'true', 'false', 'null'];

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text) && !KEYWORDS.includes(text);
}

/** Whether what stands there can be looked into by `[`. */
function isValue(text: string): boolean {
  return text !== 'in' && /[\w)\]}'"`]$/.test(text);
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
