import type { MessagePackage } from './packages.js';
import { messagePackages } from './packages.js';

/**
 * The notation of the message tables (facts from the `generated.proto` and `types.go` files of Kubernetes 1.36):
 *
 *     ConfigMapVolumeSource *LocalObjectReference items defaultMode? optional?
 *
 * A line is a message: its name, then its fields under their JSON names, in the order of their numbers from 1.
 * `_` skips a number and `100=` goes on at 100. `*Name` is an embedded message: it has a number of its own on the
 * wire, and its fields stand among those of its parent in JSON. `?` marks what is a pointer in Go: the zero of such a
 * scalar is kept, and on the wire it is absent where it is nil, while all else but lists, maps and bytes is always
 * there. `!` marks a scalar whose zero is always written in JSON. `:type` gives a type (see field-type.ts) where the
 * model has none or says less. A name after `*` at the start of a line is a message that is only ever embedded;
 * an indented line goes on with the one before.
 */
export interface MessageLine {
  readonly package: MessagePackage;
  readonly name: string;
  /** True: only ever embedded, so there is no definition of it. */
  readonly embeddedOnly: boolean;
  readonly tokens: readonly MessageToken[];
}

export type MessageToken =
  | { readonly type: 'embed'; readonly number: number; readonly message: string }
  | {
      readonly type: 'field';
      readonly number: number;
      readonly name: string;
      readonly pointer: boolean;
      readonly alwaysWritten: boolean;
      /** In the notation of field-type.ts; undefined: the model says it. */
      readonly code: string | undefined;
    };

interface Unparsed {
  readonly package: MessagePackage;
  readonly text: string;
}

let index: Map<string, Unparsed> | undefined;

/** Lines by package and name, still unparsed: start-up pays for a split, and each use for its own line. */
function lineIndex(): Map<string, Unparsed> {
  if (index) return index;
  index = new Map();
  for (const each of messagePackages()) {
    for (const text of each.text.replaceAll('\n ', ' ').trim().split('\n')) {
      const end = text.indexOf(' ');
      const name = (end < 0 ? text : text.slice(0, end)).replace('*', '');
      index.set(`${each.name}.${name}`, { package: each, text });
    }
  }
  return index;
}

/** The line of a message, by its package's name and its own: `('io.k8s.api.core.v1', 'Pod')`. */
export function findMessageLine(packageName: string, name: string): MessageLine | undefined {
  const found = lineIndex().get(`${packageName}.${name}`);
  return found && parseLine(found);
}

/** Package and name of every message, the only-embedded ones left out. */
export function* messageNames(): Generator<{ package: MessagePackage; name: string }> {
  for (const each of lineIndex().values()) {
    if (each.text.startsWith('*')) continue;
    yield { package: each.package, name: each.text.split(' ', 1)[0] ?? '' };
  }
}

function parseLine(line: Unparsed): MessageLine {
  const [name = '', ...words] = line.text.split(' ');
  const tokens: MessageToken[] = [];
  let number = 1;
  for (const word of words) {
    if (word.endsWith('=')) {
      number = Number(word.slice(0, -1));
      continue;
    }
    if (word !== '_') tokens.push(parseToken(word, number));
    number++;
  }
  const embeddedOnly = name.startsWith('*');
  return { package: line.package, name: name.replace('*', ''), embeddedOnly, tokens };
}

function parseToken(word: string, number: number): MessageToken {
  if (word.startsWith('*')) return { type: 'embed', number, message: word.slice(1) };
  const colon = word.indexOf(':');
  const marked = colon < 0 ? word : word.slice(0, colon);
  const pointer = marked.endsWith('?');
  const alwaysWritten = marked.endsWith('!');
  return {
    type: 'field',
    number,
    name: pointer || alwaysWritten ? marked.slice(0, -1) : marked,
    pointer,
    alwaysWritten,
    code: colon < 0 ? undefined : word.slice(colon + 1),
  };
}
