import t from 'tap';
import { compile } from '../../../../src/api/cel/index.js';
import type { JsonSchema } from '../../../../src/api/crd/index.js';
import { declare } from '../../../../src/api/crd/rules/declare.js';
import { schemaValue } from '../../../../src/api/crd/rules/schema-value.js';

/** The most that a rule may cost by its schema, and what it costs with data. */
function costs(schema: JsonSchema, rule: string, data?: unknown): [number, number | undefined] {
  const self = declare(schema, false, 'selfType');
  if (self === undefined) throw new Error('no type');
  const program = compile(rule, new Map([['self', self.type]]));
  if (!program.ok) throw new Error(program.error);
  const actual =
    data === undefined
      ? undefined
      : program.value.run(() => schemaValue(data, schema), 10_000_000).cost;
  return [program.value.costMax(self), actual];
}

function list(items: JsonSchema, maxItems?: number): JsonSchema {
  return { type: 'array', items, ...(maxItems === undefined ? {} : { maxItems }) };
}

const NUMBER: JsonSchema = { type: 'number' };
const TEXT: JsonSchema = { type: 'string' };
const numberMap: JsonSchema = { type: 'object', additionalProperties: NUMBER };

/** Figures of Kubernetes' own estimates (apiextensions-apiserver, compilation_test.go). */
const ESTIMATES: readonly (readonly [JsonSchema, string, number])[] = [
  [list(NUMBER), 'self.all(x, true)', 4_718_591],
  [list(TEXT), 'self.all(x, true)', 3_145_727],
  [list({ type: 'boolean' }), 'self.all(x, true)', 1_887_437],
  [list({ type: 'string', format: 'duration' }), 'self.all(x, true)', 2_359_295],
  [list({ type: 'string', format: 'date' }), 'self.all(x, true)', 725_936],
  [list({ 'x-kubernetes-int-or-string': true }, 10), 'self.all(x, true)', 32],
  [list({ 'x-kubernetes-int-or-string': true }), 'self[0] == 5', 3],
  [list({ type: 'string', format: 'duration' }), 'self[0].getHours() == 2', 4],
  [TEXT, "self.startsWith('test')", 2],
  [TEXT, 'size(self + "hello") > size("hello")', 314_578],
  [{ ...TEXT, maxLength: 4 }, 'size(self + "hello") > size("hello")', 7],
  [TEXT, 'self.matches("x")', 314_574],
  [{ ...TEXT, maxLength: 50 }, 'self.matches("x")', 22],
  [TEXT, '"".matches("(((((((((())))))))))[0-9]")', 7],
  [TEXT, 'self.matches("")', 1],
  [TEXT, 'self == "x"', 2],
  [{ ...TEXT, maxLength: 0 }, 'self == "x"', 1],
  [list(NUMBER), 'self[1] == 0.0', 2],
  [list(TEXT), 'self[1] == self[1]', 314_577],
  [list(NUMBER, 10), 'self.all(x, self.all(y, true))', 352],
  [list(NUMBER, 10), 'self.all(x, self.all(y, self.all(z, true)))', 3_552],
  [list(NUMBER), 'self.all(x, x == 0.0)', 6_291_454],
  [numberMap, 'self["x"] == 0.0', 2],
  [list(list(NUMBER)), 'self[0][0] == -1.0', 3],
];

/** What a call made has no size of its own in Kubernetes' estimate: rules in the manner of Istio are accepted for that. */
const OF_CALLS: JsonSchema = {
  type: 'object',
  properties: { list: { ...list(TEXT, 256) } },
};

void t.test('CEL: a rule may cost what Kubernetes estimates', (t) => {
  for (const [schema, rule, cost] of ESTIMATES) t.equal(costs(schema, rule)[0], cost, rule);
  t.ok(costs(list(NUMBER), 'self.all(x, self.all(y, true))')[0] > 10_000_000);
  const ofCalls = "(has(self.list) ? self.list : []).exists(k, k.contains('/'))";
  t.equal(costs(OF_CALLS, ofCalls)[0], 11 + 256 * 5 + 1);
  t.end();
});

void t.test('CEL: what a rule costs is within what it may cost', (t) => {
  const rules = [
    'self.all(x, self.exists(y, x == y))',
    'self.map(x, x + x).filter(x, x.size() > 1).size() > 0',
    "self.exists_one(x, x.matches('^a+$'))",
    "self.all(x, x.contains('b') || x.replace('a', 'b').split('b').size() > 0)",
    'self.isSorted() && self.indexOf(self[0]) == 0',
    "self.join(',').size() > 0 && self[0] in self",
    "self.all(i, x, i >= 0 && x.upperAscii().find('[A-Z]') != '')",
    'self == self && self + self != self && sets.contains(self, self)',
  ];
  const schema = list({ type: 'string', maxLength: 20 }, 10);
  const data = Array.from({ length: 10 }, (_none, index) => 'ab'.repeat(index + 1));
  for (const rule of rules) {
    const [most, actual = 0] = costs(schema, rule, data);
    t.ok(actual > 0 && actual <= most, `${rule}: ${String(actual)} <= ${String(most)}`);
  }
  t.end();
});

void t.test('CEL: evaluation stops at its cost, and at texts that would fill the memory', (t) => {
  const run = (source: string, limit: number): string => {
    const program = compile(source, new Map());
    if (!program.ok) throw new Error(program.error);
    const outcome = program.value.run(() => undefined, limit);
    return outcome.type === 'error' ? outcome.message : 'done';
  };
  const limit = 'operation cancelled: actual cost limit exceeded';
  const loops =
    'lists.range(1000).all(x, lists.range(1000).all(y, lists.range(1000).all(z, z >= 0)))';
  t.equal(run(loops, 1_000_000), limit);
  t.equal(run(`false && ${loops}`, 1_000_000), 'done');
  t.equal(run(`${loops} || true`, 1_000_000), limit, 'no || makes nothing of it');
  const growing = `'${'a'.repeat(1_000)}'${".replace('', 'aaaaaaaaaaaaaaaaaaaa')".repeat(5)} == ''`;
  t.equal(run(growing, 1_000_000), limit);
  t.equal(run('lists.range(9223372036854775807).size() > 0', 1_000_000), limit);
  t.end();
});

void t.test('CEL: large data does not make a cheap rule slow', (t) => {
  const many = Array.from({ length: 50_000 }, (_none, index) => `item-${String(index)}`);
  const set: JsonSchema = { ...list(TEXT), 'x-kubernetes-list-type': 'set' };
  const run = (schema: JsonSchema, rule: string, data: unknown): unknown => {
    const self = declare(schema, false, 'selfType');
    const program = self && compile(rule, new Map([['self', self.type]]));
    if (program?.ok !== true) throw new Error(rule);
    const outcome = program.value.run(() => schemaValue(data, schema), 1_000_000);
    return outcome.type === 'value' ? outcome.value : outcome.message;
  };
  const limit = 'operation cancelled: actual cost limit exceeded';
  t.equal(run(set, 'self == self && size(self + self) == size(self)', many), true);
  t.equal(run(list(TEXT), 'self.distinct().size() > 0', many), limit, 'before it is done');
  t.equal(run(list(TEXT), 'sets.equivalent(self, self)', many), limit);
  t.equal(run(TEXT, "self.trim() == 'a'", `a${' '.repeat(200_000)}b`), false);
  t.match(run(TEXT, "duration(self) > duration('1s')", '9'.repeat(500_000)), 'conversion error');
  t.end();
});
