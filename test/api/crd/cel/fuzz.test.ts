import t from 'tap';
import { compile } from '../../../../src/api/cel/index.js';
import type { JsonSchema } from '../../../../src/api/crd/index.js';
import { declare } from '../../../../src/api/crd/rules/declare.js';
import { schemaValue } from '../../../../src/api/crd/rules/schema-value.js';
import type { Random } from '../../../../src/base/index.js';
import { randomBelow, randomChance, randomPick, seededRandom } from '../../../../src/base/index.js';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    s: { type: 'string' },
    i: { type: 'integer' },
    any: { 'x-kubernetes-int-or-string': true },
    l: { type: 'array', items: { type: 'string' } },
    m: { type: 'object', additionalProperties: { type: 'integer' } },
    t: { type: 'string', format: 'date-time' },
  },
};
const DATA = {
  s: 'a-😀-b',
  i: 7,
  any: '5%',
  l: ['x', 'y', 'x'],
  m: { a: 1, b: 0 },
  t: '2026-01-01T00:00:00Z',
};
const LEAVES =
  "self.s|self.i|self.any|self.l|self.m|self.t|self.none|1|-3|2.5|0u|'a'|''|b'a'|true|null|[]|{}|x|int|9223372036854775807|duration('1h')|self.?s|self.m[?'a']|[?self.?s]|{?'a': self.?s}";
const UNARY =
  '!|-|size(|string(|int(|type(|dyn(|quantity(|url(|ip(|isIP(|cidr(|semver(|duration(|timestamp(|optional.of(';
const BINARY = '+|-|*|/|%|==|!=|<|<=|>|>=|in|&&|\\|\\|';
const METHODS =
  'all(x, Y)|exists(x, Y)|exists_one(x, Y)|map(x, Y)|map(x, Y, Y)|filter(x, Y)|all(x, y, Y)|transformMap(x, y, Y)|transformMapEntry(x, y, Y)|sortBy(x, Y)|size()|contains(Y)|matches(Y)|split(Y)|replace(Y, Y)|substring(Y)|join(Y)|format(Y)|indexOf(Y)|sum()|min()|sort()|flatten()|isSorted()|orValue(Y)|optMap(x, Y)|hasValue()|getFullYear()|find(Y)|a|?b|getHost()|isLessThan(Y)|containsIP(Y)|lowerAscii()|charAt(Y)|slice(Y, Y)';

const options = (text: string): string[] =>
  text.split(/(?<!\\)\|/).map((each) => each.replaceAll('\\', ''));
const [leaves, unary, binary, methods] = [LEAVES, UNARY, BINARY, METHODS].map(options) as [
  string[],
  string[],
  string[],
  string[],
];

/** Mostly what could be an expression; types fit by chance. */
function expression(random: Random, depth: number): string {
  const inner = (): string => expression(random, depth - 1);
  if (depth === 0 || randomChance(random, 0.15)) return randomPick(random, leaves);
  switch (randomBelow(random, 6)) {
    case 0: {
      const sign = randomPick(random, unary);
      return sign.endsWith('(') ? `${sign}${inner()})` : `${sign}(${inner()})`;
    }
    case 1:
      return `(${inner()} ${randomPick(random, binary)} ${inner()})`;
    case 2:
      return `(${inner()} ? ${inner()} : ${inner()})`;
    case 3:
      return randomChance(random, 0.5) ? `[${inner()}, ${inner()}]` : `{${inner()}: ${inner()}}`;
    case 4:
      return `${inner()}[${inner()}]`;
    default:
      return `${inner()}.${randomPick(random, methods).replace(/Y/g, inner)}`;
  }
}

/** Cuts, doubles or puts in a few characters. */
function damaged(random: Random, text: string): string {
  const at = randomBelow(random, text.length + 1);
  const to = Math.min(text.length, at + randomBelow(random, 5));
  const put = randomPick(random, [
    '',
    '(',
    ')',
    "'",
    '"',
    '\\',
    '.',
    '?',
    '💥',
    '\n//',
    '\u0000',
    '0x',
  ]);
  return text.slice(0, at) + put + text.slice(randomChance(random, 0.5) ? at : to);
}

const SEED = 21;
const COUNT = 3_000;

void t.test(`CEL: no expression does more than fail (seed ${String(SEED)})`, (t) => {
  const random = seededRandom(SEED);
  const self = declare(SCHEMA, false, 'selfType');
  if (self === undefined) throw new Error('no type');
  const variables = new Map([['self', self.type]]);
  const counts = { refused: 0, failed: 0, evaluated: 0 };
  for (let round = 0; round < COUNT; round++) {
    const whole = expression(random, 1 + randomBelow(random, 4));
    const source = randomChance(random, 0.2) ? damaged(random, whole) : whole;
    try {
      const program = compile(source, variables);
      if (!program.ok) {
        if (!program.error.startsWith('ERROR: <input>:')) t.fail(`${source}: ${program.error}`);
        counts.refused++;
        continue;
      }
      if (!(program.value.costMax(self) >= 0)) t.fail(`no cost: ${source}`);
      const outcome = program.value.run(() => schemaValue(DATA, SCHEMA), 50_000);
      if (outcome.type === 'error') counts.failed++;
      else counts.evaluated++;
    } catch (error) {
      t.fail(
        `round ${String(round)}: ${source}\n${error instanceof Error ? (error.stack ?? '') : ''}`,
      );
      break;
    }
  }
  t.ok(
    counts.refused > 1_000 && counts.failed > 30 && counts.evaluated > 300,
    JSON.stringify(counts),
  );
  t.end();
});
