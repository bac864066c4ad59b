import { formatPath, STRICT_ERRORS_MAX } from './decoding.js';

/** An object or a list that the scan is within. */
interface Frame {
  /** The keys so far; undefined within a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the place of the current value. */
  at: string | number;
}

/**
 * The paths of keys that stand twice in one object of a JSON text, as strict mode reports them (`duplicate field
 * "spec.replicas"`), without the words. JSON.parse keeps the last one in silence, hence this scan of its own.
 * `text` must be sound JSON.
 */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>();
  const frames: Frame[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length && found.size < STRICT_ERRORS_MAX; at++) {
    const frame = frames.at(-1);
    switch (text.charAt(at)) {
      case '{':
        frames.push({ keys: new Set(), at: '' });
        expectsKey = true;
        break;
      case '[':
        frames.push({ keys: undefined, at: 0 });
        expectsKey = false;
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      case ',':
        expectsKey = frame?.keys !== undefined;
        if (frame && typeof frame.at === 'number') frame.at++;
        break;
      case ':':
        expectsKey = false;
        break;
      case '"': {
        const end = stringEnd(text, at);
        if (expectsKey && frame?.keys) noteKey(frames, frame, text.slice(at, end + 1), found);
        at = end;
        break;
      }
      default:
      // Numbers, words and space.
    }
  }
  return [...found];
}

/** The place of the quotation mark that ends the string begun at `start`: one behind an even run of backslashes. */
function stringEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let before = end - 1;
    while (text.charAt(before) === '\\') before--;
    if ((end - 1 - before) % 2 === 0) return end;
  }
}

function noteKey(frames: readonly Frame[], frame: Frame, quoted: string, found: Set<string>): void {
  const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  frame.at = key;
  if (frame.keys?.has(key)) found.add(formatPath(frames.map((each) => each.at)));
  frame.keys?.add(key);
}
