import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert } from '../../src/base/index.js';
import { newConfChangeTranscript } from './conf-change-transcript.js';
import { parseTranscript } from './data-driven.js';
import type { TranscriptCase } from './data-driven.js';
import { newInteractionTranscript } from './interaction-transcript.js';
import { runQuorumCase } from './quorum-transcript.js';

export interface TranscriptResult {
  readonly file: string;
  /**
   * What went wrong, with a diff for each command that printed something else. Empty: it passed.
   */
  readonly failures: readonly string[];
}

/** A folder's name says which commands its files use. */
const KINDS: ReadonlyMap<string, () => (each: TranscriptCase) => string> = new Map([
  ['interaction', newInteractionTranscript],
  ['confchange', newConfChangeTranscript],
  ['quorum', () => runQuorumCase],
]);

/**
 * All transcripts below a folder, in order of their paths; it may be such a kind's folder itself.
 */
export function findTranscripts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .map((name) => path.join(folder, name))
    .filter((file) => KINDS.has(kindOf(file)))
    .sort();
}

function kindOf(file: string): string {
  return path.basename(path.dirname(path.resolve(file)));
}

export function runTranscript(file: string): TranscriptResult {
  const failures: string[] = [];
  const run = KINDS.get(kindOf(file))?.();
  if (run === undefined) return { file, failures: [`no such kind of transcript: ${kindOf(file)}`] };
  try {
    const cases = parseTranscript(readFileSync(file, 'utf8'));
    if (cases.length === 0) failures.push('it has no commands');
    for (const each of cases) {
      const actual = withNewline(run(each));
      if (actual !== each.expected) failures.push(describeFailure(file, each, actual));
    }
  } catch (error) {
    failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { file, failures };
}

/**
 * Writes into a transcript of our own what its commands print now. What changed is then reviewed as code is. Returns whether
 * anything did.
 */
export function rewriteTranscript(file: string): boolean {
  const before = readFileSync(file, 'utf8');
  const run = KINDS.get(kindOf(file))?.();
  assert(run !== undefined, `no such kind of transcript: ${kindOf(file)}`);
  const lines = before.split('\n');
  const printed = parseTranscript(before).map((each) => ({ each, text: withNewline(run(each)) }));
  // From the last to the first, so that the places of the others stay true.
  for (const { each, text } of printed.reverse()) {
    const { from, to } = each.expectedLines;
    lines.splice(from, to - from, ...text.split('\n').slice(0, -1));
  }
  const after = lines.join('\n');
  if (after !== before) writeFileSync(file, after);
  return after !== before;
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function describeFailure(file: string, each: TranscriptCase, actual: string): string {
  return `${file}:${String(each.line)}: ${each.command}\n${diff(each.expected, actual)}`;
}

/** The lines that differ, from the first to the last: `-` expected, `+` printed. */
function diff(expected: string, actual: string): string {
  const left = expected.split('\n');
  const right = actual.split('\n');
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  let tail = 0;
  const shorter = Math.min(left.length, right.length) - same;
  while (tail < shorter && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const before = left.slice(Math.max(0, same - 2), same).map((line) => `  ${line}`);
  const missing = left.slice(same, left.length - tail).map((line) => `- ${line}`);
  const surplus = right.slice(same, right.length - tail).map((line) => `+ ${line}`);
  return [...before, ...missing, ...surplus].join('\n');
}
