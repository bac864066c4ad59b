import t from 'tap';
import { PATCHES } from '../../../src/api/admission/patch-types.js';
import { jsonOf } from '../../../src/api/admission/patch-value.js';
import { DYN, compile } from '../../../src/api/cel/index.js';

const VARIABLES = new Map([['object', DYN]]);

/** What an expression comes to, or what is wrong with it. */
function evaluated(source: string, object: unknown = null): unknown {
  const program = compile(source, VARIABLES, PATCHES);
  if (!program.ok) return program.error;
  const outcome = program.value.run(() => object as never, 1_000_000);
  return outcome.type === 'error' ? outcome.message : jsonOf(outcome.value);
}

void t.test('CEL: messages are maps of fields, whatever else stands in and around them', (t) => {
  const cases: [string, unknown][] = [
    ['Object{}', {}],
    ['Object{spec: Object.spec{replicas: 3}}', { spec: { replicas: 3 } }],
    ['Object // a {\n . spec\n{ namespace: "a", for: 1, }', { namespace: 'a', for: 1 }],
    [
      String.raw`Object{a: "Object{b: 1}", c: r'Object{\d', d: b"x{"}`,
      { a: 'Object{b: 1}', c: String.raw`Object{\d`, d: 'eHs=' },
    ],
    ['Object{"a": 1}.a == 1 || true', /Syntax error: a field of Object is told by its name alone/],
    ['Object{a: true ? Object.a{b: 1} : Object.a{b: 2}}', { a: { b: 1 } }],
    [
      'Object{?a: optional.none(), ?b: optional.of(1), c: {?"d": optional.of(2)}}',
      { b: 1, c: { d: 2 } },
    ],
    ['Object{?spec: optional.ofNonZeroValue(Object.spec{?replicas: Object{}.?replicas})}', {}],
    ['Object{list: [1, 2, 3]}.list.sum()', 6],
    ['[Object.a{x: 1}, Object.a{x: 2}].map(a, a.x)', [1, 2]],
    ['Object{a: 1} == Object{a: 2 - 1} && Object{a: 1} != Object{a: 2}', true],
    ['Object{a: {"x": 1}}.a.x in [1] && has(Object{a: 1}.a) && !has(Object{}.a)', true],
    ['Object{}.a', null],
    ['type(Object.spec{}) == Object.spec', true],
    ['.Object{a: 1}', { a: 1 }],
    [
      'JSONPatch{op: "add", path: "/a", value: Object.x{y: 1}}',
      { op: 'add', path: '/a', value: { y: 1 } },
    ],
    ['JSONPatch{op: "add"}.path + JSONPatch{}.from', ''],
    ['has(JSONPatch{op: "a"}.op) && !has(JSONPatch{}.op) && JSONPatch{} == JSONPatch{}', true],
    [`jsonpatch.escapeKey('k8s.io/my~label')`, 'k8s.io~1my~0label'],
    ['JSONPatch{op: dyn(1)}', "unexpected type int for JSONPatchType 'op' field"],
  ];
  for (const [source, wanted] of cases)
    if (wanted instanceof RegExp) t.match(String(evaluated(source)), wanted, source);
    else t.strictSame(evaluated(source), wanted, source);
  t.end();
});

void t.test('CEL: what is wrong with a message is told with its place', (t) => {
  const cases: [string, number, string][] = [
    ['Invalid{}', 8, "undeclared reference to 'Invalid' (in container '')"],
    ['Object{a: Invalid.b{}}', 20, "undeclared reference to 'Invalid.b' (in container '')"],
    [
      'JSONPatch{op: 1, path: "/a"}',
      13,
      "expected type of field 'op' is 'string' but provided type is 'int'",
    ],
    ['JSONPatch{ value: 1 , oops: 2}', 27, "undefined field 'oops'"],
    ['Object{?a: 1}', 12, "expected type 'optional_type(_var0)' but found 'int'"],
    ["Object{} == 'x'", 10, "found no matching overload for '_==_' applied to '(Object, string)'"],
    [
      'true ? Object{} : Object.a{}',
      6,
      "found no matching overload for '_?_:_' applied to '(bool, Object, Object.a)'",
    ],
    ['[Object{}, Object.a{}]', 20, "expected type 'Object' but found 'Object.a'"],
    ['Object{a: nope}', 11, "undeclared reference to 'nope' (in container '')"],
  ];
  for (const [source, column, text] of cases) {
    const mark = `\n | ${source}\n | ${'.'.repeat(column - 1)}^`;
    const found = String(evaluated(source)).replace('optional_type(dyn)', 'optional_type(_var0)');
    t.equal(found, `ERROR: <input>:1:${String(column)}: ${text}${mark}`, source);
  }
  for (const source of [
    'f().Object{}',
    '1.Object{}',
    'Object{a}',
    'Object{a: }',
    'Object{a: 1',
    'a b{}',
  ])
    t.match(String(evaluated(source)), /^ERROR: <input>:\d+:\d+: Syntax error: /, source);
  t.end();
});

void t.test('CEL: messages and their functions are known only where patches are made', (t) => {
  const errorOf = (source: string): string => {
    const program = compile(source, VARIABLES);
    return program.ok ? '' : program.error;
  };
  t.match(errorOf('Object{}'), "undeclared reference to 'Object' (in container '')");
  t.match(errorOf("jsonpatch.escapeKey('a')"), /undeclared reference/);
  const cost = (source: string): unknown => {
    const program = compile(source, VARIABLES, PATCHES);
    return program.ok ? program.value.run(() => null, 1_000).cost : program.error;
  };
  t.equal(cost('Object{a: 1}'), 40);
  t.equal(cost('Object{a: Object.a{b: object}}'), 81);
  t.equal(cost("jsonpatch.escapeKey('0123456789a')"), 2);
  t.end();
});
