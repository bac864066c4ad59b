import { jsonText } from './values.js';
import type { Draw } from './values.js';

/** A body made wrong in one of the ways that bodies are: values of other types, lost parts, broken text, noise. */
export function mutated(draw: Draw, body: object): string | Uint8Array {
  const object = JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
  for (let changes = 1 + draw.below(3); changes > 0; changes--) changeSomewhere(draw, object);
  const text = JSON.stringify(object);
  switch (draw.below(10)) {
    case 0:
      return text.slice(0, draw.below(text.length));
    case 1: {
      const at = draw.below(text.length);
      return (
        text.slice(0, at) + draw.of(['"', '{', ']', ',', '\u0000', '\\', '1e999']) + text.slice(at)
      );
    }
    case 2: {
      const bytes = new TextEncoder().encode(text);
      for (let flips = 1 + draw.below(8); flips > 0; flips--)
        bytes[draw.below(bytes.length)] = draw.below(256);
      return bytes;
    }
    case 3:
      return jsonText(draw, 4);
    default:
      return text;
  }
}

function changeSomewhere(draw: Draw, root: Record<string, unknown>): void {
  let at: Record<string, unknown> = root;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys.length === 0 ? 'x' : draw.of(keys);
    const next = at[key];
    if (typeof next === 'object' && next !== null && draw.below(4) > 0) {
      at = next as Record<string, unknown>;
      continue;
    }
    if (draw.below(5) === 0) Reflect.deleteProperty(at, key);
    else if (draw.below(6) === 0)
      at[draw.of(['', '__proto__', 'constructor', 'a.b', 'ключ'])] = next;
    else at[key] = JSON.parse(jsonText(draw, 3)) as unknown;
    return;
  }
}
