import { RE2JS } from 're2js';
import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';

/** A compiled expression of RE2, which takes time in proportion to its input, whatever the expression. */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  matches(text: string): boolean;
}

/** A pattern that is longer than this is refused: an expression with counts grows when it is compiled. */
const PATTERN_LENGTH_MAX = 10_000;

/** Compiles a pattern as Go does. The error is in RE2's words: ``error parsing regexp: missing closing ): `(a` ``. */
export function compilePattern(source: string): Result<Pattern, string> {
  if (source.length > PATTERN_LENGTH_MAX)
    return failed('error parsing regexp: expression too large');
  try {
    const compiled = RE2JS.compile(source);
    return ok({ matches: (text) => compiled.matcher(text).find() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed(reason.startsWith('error parsing') ? reason : `error parsing regexp: ${reason}`);
  }
}
