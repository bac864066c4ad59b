/** A piece of a label selector's text. */
export interface LabelToken {
  readonly type: LabelTokenType;
  readonly text: string;
}

export type LabelTokenType =
  | 'identifier'
  | 'in'
  | 'notin'
  | '('
  | ')'
  | ','
  | '!'
  | '='
  | '=='
  | '!='
  | '>'
  | '<'
  | 'end';

const SYMBOLS: ReadonlySet<string> = new Set(['==', '!=']);
const TOKEN = /[ \t\r\n]*([=!(),<>]+|[^=!(),<> \t\r\n]+)/y;

/** Ends with one token of type `end`. */
export function labelTokens(text: string): LabelToken[] {
  const tokens: LabelToken[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const piece = match[1] ?? '';
    if (!/^[=!(),<>]/.test(piece)) {
      const keyword = piece === 'in' || piece === 'notin';
      tokens.push({ type: keyword ? piece : 'identifier', text: piece });
      continue;
    }
    const symbol = longestSymbol(piece);
    tokens.push(symbol);
    TOKEN.lastIndex -= piece.length - symbol.text.length;
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}

/** The longest operator that a run of symbols begins with; each symbol alone is one. */
function longestSymbol(run: string): LabelToken {
  const two = run.slice(0, 2);
  const text = SYMBOLS.has(two) ? two : run.slice(0, 1);
  return { type: text as LabelTokenType, text };
}
