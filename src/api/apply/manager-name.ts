const NAME_BYTES_MAX = 128;

/** What a field manager's name may be; the result is Kubernetes' words for what it may not. */
export function checkManagerName(
  name: string,
):
  | { readonly type: 'too-long' }
  | { readonly type: 'unprintable'; readonly detail: string }
  | undefined {
  if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) return { type: 'too-long' };
  let at = 0;
  for (const character of name) {
    if (!isPrintable(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      return {
        type: 'unprintable',
        detail: `invalid character U+${code} (at position ${String(at)})`,
      };
    }
    at += new TextEncoder().encode(character).length;
  }
  return undefined;
}

/** Who writes where a request does not say it: the program of the User-Agent (`kubectl/v1.35.2 (linux…)` → `kubectl`). */
export function managerOfUserAgent(userAgent: string): string {
  const [program = ''] = userAgent.split('/', 1);
  let name = '';
  let bytes = 0;
  for (const character of program) {
    if (!isPrintable(character)) continue;
    bytes += new TextEncoder().encode(character).length;
    if (bytes > NAME_BYTES_MAX) break;
    name += character;
  }
  return name;
}

/** As Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the plain space. */
function isPrintable(character: string): boolean {
  return character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
}
