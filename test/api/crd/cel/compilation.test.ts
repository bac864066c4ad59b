import t from 'tap';
import type { JsonSchema } from '../../../../src/api/crd/index.js';
import { evaluated } from './evaluation.js';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    list: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'integer' } },
    anything: { 'x-kubernetes-preserve-unknown-fields': true },
    deep: { type: 'object', properties: { x: { type: 'string' } } },
    'no name': { type: 'string' },
  },
};

/** Sources, the column of the error, and what it says. */
const CASES: readonly (readonly [string, number, string])[] = [
  ['self.nope == 1', 5, "undefined field 'nope'"],
  ['self.name == 1', 11, "found no matching overload for '_==_' applied to '(string, int)'"],
  ['size(self.count) > 1', 5, "found no matching overload for 'size' applied to '(int)'"],
  [
    "self.name.size('x') > 1",
    15,
    "found no matching overload for 'size' applied to 'string.(string)'",
  ],
  ['self.name.foo()', 14, "undeclared reference to 'foo' (in container '')"],
  ['other > 1', 1, "undeclared reference to 'other' (in container '')"],
  ['has(self.nope) && self.count > 1', 4, "undefined field 'nope'"],
  ['self.anything == 1', 5, "undefined field 'anything'"],
  ['self.count.x == 1', 11, "type 'int' does not support field selection"],
  [
    'self.count.all(x, true)',
    5,
    "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
  ],
  ['self.list.all(x, x)', 18, "expected type 'bool' but found 'string'"],
  ['self.list.all(x.y, true)', 16, 'argument must be a simple name'],
  ['self.list.map(1, true) == []', 15, 'argument is not an identifier'],
  ['has(self)', 5, 'invalid argument to has() macro'],
  ["self.list == [1, 'a']", 18, "expected type 'int' but found 'string'"],
  [
    "self.labels.all(k, self.labels[k] == 'a')",
    35,
    "found no matching overload for '_==_' applied to '(int, string)'",
  ],
  [
    "self.deep == 'x'",
    11,
    "found no matching overload for '_==_' applied to '(selfType.deep, string)'",
  ],
  [
    'self.list + [1] == self.list',
    11,
    "found no matching overload for '_+_' applied to '(list(string), list(int))'",
  ],
  ["duration('1x') > duration('1s')", 10, 'invalid duration argument'],
  ["self.name.matches('(')", 19, 'invalid matches argument'],
  ['self.count && true', 5, "expected type 'bool' but found 'int'"],
  ['99999999999999999999 > 1', 1, 'Syntax error: invalid int literal'],
];

void t.test('CEL: what is wrong with an expression is told with its place', (t) => {
  for (const [source, column, text] of CASES) {
    const line = `ERROR: <input>:1:${String(column)}: ${text}\n | ${source}\n | ${'.'.repeat(column - 1)}^`;
    t.equal(evaluated(source, SCHEMA, {}), line, source);
  }
  t.end();
});

void t.test('CEL: several errors are told one below the other, of whatever line', (t) => {
  t.equal(
    evaluated("self.a == 1 ||\n  'é' + self.b == 'x'", SCHEMA, {}),
    "ERROR: <input>:1:5: undefined field 'a'\n | self.a == 1 ||\n | ....^\n" +
      "ERROR: <input>:2:13: undefined field 'b'\n |   'é' + self.b == 'x'\n | ...\uff0e........^",
  );
  t.match(evaluated('self.count >', SCHEMA, {}), /^ERROR: <input>:1:\d+: Syntax error: /);
  t.end();
});

void t.test('CEL: expressions that are long, deep or hostile end in an error', (t) => {
  const long = Array.from({ length: 3_000 }, () => 'self.count == 1').join(' || ');
  t.equal(evaluated(long, SCHEMA, { count: 1 }), true, 'a long chain is no depth');
  const hostile: [string, string | RegExp][] = [
    [`${'('.repeat(400)}1${')'.repeat(400)} == 1`, /maxDepth/],
    [`${'!'.repeat(90_000)}true`, /recursion limit|true/],
    [`${'-'.repeat(90_000)}self.count == 1`, /recursion limit|ERROR/],
    [`self.count${' + 1'.repeat(400)} == 1`, /recursion limit/],
    ['x'.repeat(100_001), /code point size exceeds limit: size: 100001, limit 100000/],
    [`self.list${'.map(x, [x])'.repeat(120)} == []`, /true/],
  ];
  for (const [source, text] of hostile)
    t.match(String(evaluated(source, SCHEMA, { count: 1, list: [] })), text, source.slice(0, 30));
  t.end();
});
