import { formatPath, STRICT_ERRORS_MAX } from './decoding.js';

/** An object or a list that the scan is within. */
interface Frame {
  /** The keys so far; undefined within a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the place of the current value. */
  at: string | number;
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The paths of keys that stand twice in one object of a JSON text, as strict mode reports them (`duplicate field
 * "spec.replicas"`), without the words. JSON.parse keeps the last one in silence, hence this scan of its own.
 * `text` must be sound JSON.
 */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>();
  const frames: Frame[] = [];
  let frame: Frame | undefined;
  let expectsKey = false;
  for (let at = 0; at < text.length && found.size < STRICT_ERRORS_MAX; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        frame = { keys: new Set(), at: '' };
        frames.push(frame);
        expectsKey = true;
        break;
      case OPEN_LIST:
        frame = { keys: undefined, at: 0 };
        frames.push(frame);
        expectsKey = false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        frames.pop();
        frame = frames[frames.length - 1];
        break;
      case COMMA:
        expectsKey = frame?.keys !== undefined;
        if (frame && typeof frame.at === 'number') frame.at++;
        break;
      case COLON:
        expectsKey = false;
        break;
      case QUOTE: {
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
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - 1 - before) % 2 === 0) return end;
  }
}

function noteKey(frames: readonly Frame[], frame: Frame, quoted: string, found: Set<string>): void {
  const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  frame.at = key;
  if (frame.keys?.has(key)) found.add(formatPath(frames.map((each) => each.at)));
  frame.keys?.add(key);
}
