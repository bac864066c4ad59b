import { Environment } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Result } from '../../base/index.js';
import { failed, ok } from '../../base/index.js';
import { IssueError } from './issue-error.js';
import { plainSyntax } from './literal-syntax.js';
import type { Expression, Issue } from './syntax.js';
import { translate } from './translate.js';

/** Kubernetes has the same bound, of code points. */
const SOURCE_MAX = 100_000;
const NODES_MAX = 20_000;
const ITEMS_MAX = 10_000;

let parser: Environment | undefined;

/** Only its grammar is used: it reads an expression into a tree, and neither checks nor evaluates it. */
function grammar(): Environment {
  parser ??= new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    limits: {
      maxAstNodes: NODES_MAX,
      maxDepth: 250,
      maxListElements: ITEMS_MAX,
      maxMapEntries: ITEMS_MAX,
      maxCallArguments: 100,
    },
  });
  return parser;
}

/** Reads an expression. Syntax errors have the place that Kubernetes says, and the words of the parser. */
export function parse(source: string): Result<Expression, Issue> {
  if (source.length > SOURCE_MAX) {
    const size = `size: ${String(source.length)}, limit ${String(SOURCE_MAX)}`;
    return failed({ at: 0, message: `expression code point size exceeds limit: ${size}` });
  }
  try {
    const plain = plainSyntax(source);
    const tree: ASTNode = grammar().parse(plain.text).ast;
    return ok(translate(tree, source, plain));
  } catch (error) {
    if (error instanceof IssueError) return failed(error.issue);
    // Signs before an operand (`!!!!a`) are all that the parser reads without a bound on their depth.
    if (error instanceof RangeError)
      return failed({ at: 0, message: 'expression recursion limit exceeded: 250' });
    const issue = syntaxIssue(error, source);
    if (issue === undefined) throw error;
    return failed(issue);
  }
}

function syntaxIssue(error: unknown, source: string): Issue | undefined {
  if (!(error instanceof Error) || error.name !== 'ParseError') return undefined;
  const { range, summary, code } = error as Error & {
    range?: { start: number };
    summary?: string;
    code?: string;
  };
  const at = range?.start ?? 0;
  if (code === 'invalid_macro_argument') {
    const dot = source[at - 1] === '.' ? at - 1 : at;
    return { at: dot, message: macroText(summary ?? '') };
  }
  return { at, message: `Syntax error: ${summary ?? error.message}` };
}

function macroText(summary: string): string {
  return /^(map|filter)/.test(summary)
    ? 'argument is not an identifier'
    : 'argument must be a simple name';
}
