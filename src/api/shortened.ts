/** Of a client's own text, what a message quotes at most: a body may be 3 MiB of it. In characters. */
const QUOTED_MAX = 1024;

/** What a message says of a text that came from outside: its beginning, where it is long. */
export function shortened(text: string, charactersMax = QUOTED_MAX): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}...`;
}
