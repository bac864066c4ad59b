import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';

export interface FieldRequirement {
  /** `spec.nodeName`. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A field selector that was read: all requirements must hold. */
export interface FieldSelectorMatcher {
  readonly requirements: readonly FieldRequirement[];
  /** Matches all objects. */
  readonly everything: boolean;
  /** `fields` are those of `selectableFields`; an absent one is empty. */
  matches(fields: Readonly<Record<string, string>>): boolean;
}

/** Reads `metadata.name=x,status.phase!=Running`; `\,`, `\=` and `\\` stand for themselves. The error is Kubernetes' text. */
export function parseFieldSelector(text: string): Result<FieldSelectorMatcher, string> {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const parts = splitTerm(term);
    if (parts === undefined) {
      return failed(`invalid selector: '${text}'; can't understand '${term}'`);
    }
    const value = unescape(parts.value);
    if (!value.ok) return value;
    requirements.push({ ...parts, value: value.value });
  }
  return ok({
    requirements,
    everything: requirements.length === 0,
    matches: (fields) => requirements.every((each) => holds(each, fields)),
  });
}

function holds(requirement: FieldRequirement, fields: Readonly<Record<string, string>>): boolean {
  const found = Object.hasOwn(fields, requirement.field) ? fields[requirement.field] : '';
  return (found === requirement.value) === (requirement.operator === '=');
}

/** At commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  if (text === '') return [];
  const terms: string[] = [];
  let start = 0;
  for (let place = 0; place < text.length; place++) {
    if (text[place] === '\\') place++;
    else if (text[place] === ',') {
      terms.push(text.slice(start, place));
      start = place + 1;
    }
  }
  return [...terms, text.slice(start)];
}

/** At the first operator; `==` is `=`. */
function splitTerm(term: string): FieldRequirement | undefined {
  const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
  if (match === null) return undefined;
  const [, field = '', operator, value = ''] = match;
  return { field, operator: operator === '!=' ? '!=' : '=', value };
}

function unescape(text: string): Result<string, string> {
  if (!/[\\,=]/.test(text)) return ok(text);
  let value = '';
  for (let place = 0; place < text.length; place++) {
    const character = text.charAt(place);
    if (character === ',' || character === '=') {
      const code = String(character.charCodeAt(0));
      return failed(`invalid field selector: unescaped character in value: ${code}`);
    }
    if (character !== '\\') {
      value += character;
      continue;
    }
    place++;
    const escaped = text.charAt(place);
    if (escaped !== '\\' && escaped !== ',' && escaped !== '=') {
      return failed(`invalid field selector: invalid escape sequence: \\${escaped}`);
    }
    value += escaped;
  }
  return ok(value);
}
