import t from 'tap';
import { labelSelectorFromObject, parseLabelSelector } from '../../../src/api/selector/index.js';

function matches(text: string, labels: Record<string, string>): boolean | string {
  const selector = parseLabelSelector(text);
  return selector.ok ? selector.value.matches(labels) : selector.error;
}

void t.test('a label selector matches as Kubernetes does', (t) => {
  const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ['', { a: 'b' }, true],
    ['a=b', { a: 'b' }, true],
    ['a==b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['!a', { a: '1' }, false],
    ['a in (x,y)', { a: 'y' }, true],
    ['a in (x,y)', {}, false],
    ['a notin (x,y)', {}, true],
    ['a notin (x,y)', { a: 'x' }, false],
    ['a=', { a: '' }, true],
    ['a in ()', { a: '' }, true],
    ['a in (x,)', { a: '' }, true],
    ['a in (,x)', { a: 'x' }, true],
    ['a>5', { a: '6' }, true],
    ['a>5', { a: '5' }, false],
    ['a<5', { a: 'x' }, false],
    ['in', { in: '1' }, true],
    ['in in (in,notin)', { in: 'notin' }, true],
    [' a = b ,\tc ', { a: 'b', c: '' }, true],
    ['a=b,c!=d', { a: 'b', c: 'd' }, false],
    ['example.com/x=y', { 'example.com/x': 'y' }, true],
    ['toString', {}, false],
  ];
  for (const [text, labels, expected] of cases) {
    t.equal(matches(text, labels), expected, `${text} over ${JSON.stringify(labels)}`);
  }
  t.end();
});

void t.test('a bad label selector is refused in Kubernetes words', (t) => {
  const key =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const value =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  const cases: readonly (readonly [string, string])[] = [
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (x y)', "unable to parse requirement: found 'y', expected: ',' or ')'"],
    ['a in ((x))', "unable to parse requirement: found '(', expected: ',', ')' or identifier"],
    ['a=!b', "unable to parse requirement: found '!', expected: identifier"],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${key}`],
    ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${value}`],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ];
  for (const [text, expected] of cases) t.equal(matches(text, {}), expected, text);
  t.end();
});

void t.test('a selector object: undefined matches nothing, an empty one all', (t) => {
  const nothing = labelSelectorFromObject(undefined);
  const all = labelSelectorFromObject({});
  t.equal(nothing.ok && nothing.value.matches({}), false);
  t.equal(all.ok && all.value.matches({ a: 'b' }), true);
  const both = labelSelectorFromObject({
    matchLabels: { a: 'b' },
    matchExpressions: [
      { key: 'c', operator: 'In', values: ['1', '2'] },
      { key: 'd', operator: 'DoesNotExist' },
    ],
  });
  t.equal(both.ok && both.value.matches({ a: 'b', c: '2' }), true);
  t.equal(both.ok && both.value.matches({ a: 'b', c: '2', d: '' }), false);
  t.same(labelSelectorFromObject({ matchExpressions: [{ key: 'a', operator: 'Like' }] }), {
    ok: false,
    error: '"Like" is not a valid label selector operator',
  });
  t.end();
});
