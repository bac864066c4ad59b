import t from 'tap';
import type { JsonSchema } from '../../../../src/api/crd/index.js';
import { constant, evaluated } from './evaluation.js';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    isOn: { type: 'boolean' },
    port: { 'x-kubernetes-int-or-string': true },
    other: { 'x-kubernetes-int-or-string': true },
    tags: { type: 'array', items: { type: 'string' } },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, port: { type: 'integer' } },
      },
    },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    'dash-ed': { type: 'string' },
    'a.b/c': { type: 'string' },
    a__b: { type: 'string' },
    namespace: { type: 'string' },
    empty: { type: 'string', nullable: true },
    since: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    wait: { type: 'string', format: 'duration' },
    blob: { type: 'string', format: 'byte' },
    anything: { 'x-kubernetes-preserve-unknown-fields': true },
    template: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};
const DATA = {
  name: 'web-1',
  count: 3,
  ratio: 2,
  isOn: true,
  port: 80,
  other: '50%',
  tags: ['a', 'b'],
  set: ['x', 'y'],
  ports: [{ name: 'http', port: 80 }],
  labels: { app: 'web' },
  'dash-ed': 'd',
  'a.b/c': 's',
  a__b: 'u',
  namespace: 'ns',
  empty: null,
  since: '2026-02-03T04:05:06Z',
  day: '2026-02-03',
  wait: '90s',
  blob: 'aGk=',
  anything: { x: 1 },
  template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
};

void t.test('CEL: what is true of an object with a schema', (t) => {
  const sources = `
self.count == 3 && self.ratio == 2.0 && self.isOn
self.port == 80 && type(self.port) == int && type(self.other) == string
self.count == int(self.ratio) + 1 && self.ratio < self.count && self.ratio == 2.0
self.tags.all(x, x in ['a', 'b', 'c']) && self.tags.exists(x, x == 'b')
self.tags.exists_one(x, x == 'a') && !self.tags.exists_one(x, x != 'z')
self.tags.map(x, x + '!') == ['a!', 'b!'] && self.tags.map(x, x == 'a', x + x) == ['aa']
self.tags.filter(x, x > 'a') == ['b'] && size(self.tags) == 2 && self.tags[1] == 'b'
self.tags.all(i, x, i < 2 && x != '') && self.tags.exists(i, x, i == 1 && x == 'b')
self.tags.transformList(i, x, i > 0, x) == ['b'] && self.labels.transformMap(k, v, k + v) == {'app': 'appweb'}
self.labels.all(k, k == 'app') && self.labels.app == 'web' && self.labels['app'] == 'web'
'app' in self.labels && !('x' in self.labels) && has(self.labels.app) && !has(self.labels.x)
self.set == ['y', 'x'] && self.set + ['y', 'z'] == ['x', 'y', 'z']
self.ports + self.ports == self.ports && self.ports.map(p, p.port) == [80]
self.ports.exists(p, p.name == 'http' && p.port == 80)
self.dash__dash__ed == 'd' && self.a__dot__b__slash__c == 's' && self.a__underscores__b == 'u'
self.__namespace__ == 'ns' && has(self.__namespace__) && !has(self.empty)
self.since > timestamp('2026-01-01T00:00:00Z') && self.since.getFullYear() == 2026
self.since.getMonth() == 1 && self.since.getDayOfMonth() == 2 && self.since.getDayOfWeek() == 2
self.since.getHours('+02:00') == 6 && self.since.getHours('America/New_York') == 23
self.day == timestamp('2026-02-03T00:00:00Z') && self.since - self.day == duration('4h5m6s')
self.wait > duration('1m') && self.wait.getSeconds() == 90 && self.wait + duration('30s') == duration('2m')
self.blob == b'hi' && string(self.blob) == 'hi' && size(self.blob) == 2
self.template.kind == 'Pod' && self.template.metadata.name == 'p'
self.?name.orValue('x') == 'web-1' && self.?empty.orValue('none') == 'none'
self.labels[?'x'].orValue('y') == 'y' && self.tags[?0] == optional.of('a') && !self.tags[?7].hasValue()
self.?labels.?app.optMap(v, v + '!').value() == 'web!' && self.labels.?x == optional.none()
[?self.?name, 'x', ?self.labels[?'none']] == ['web-1', 'x'] && [?optional.none(), ?optional.of(self.count)] == [3]
{'a': 1, ?'b': optional.of(2), ?'c': self.labels.?none.optMap(x, 1)} == {'a': 1, 'b': 2} && [[?self.?empty], []] == ['[?', r'\\d', """{?"""].filter(x, x != r'\\d').map(x, [])
self.tags.sortBy(t, t == 'a' ? 2 : 1) == ['b', 'a'] && self.ports.sortBy(p, p.name) == self.ports && [3, 1, 2].sortBy(x, -x) == [3, 2, 1]
self.labels.transformMapEntry(k, v, {v: k}) == {'web': 'app'} && [1, 2].transformMapEntry(i, x, x > 1, {string(x): i}) == {'2': 1}
1 / 0 == 0 || self.isOn
!(self.tags[9] == 'a' && false)
self.count > 1 ? self.name.startsWith('web') : 1 / 0 == 1
self.name.matches('^[a-z]+-[0-9]$') && !self.name.matches('^x') && 'abc'.matches('b')`;
  for (const source of sources.trim().split('\n'))
    t.equal(evaluated(source, SCHEMA, DATA), true, source);
  t.end();
});

void t.test('CEL: the libraries', (t) => {
  const sources = `
'Hello'.lowerAscii() == 'hello' && 'Hello'.upperAscii() == 'HELLO' && ' a '.trim() == 'a'
'abc'.charAt(1) == 'b' && 'abcb'.indexOf('b') == 1 && 'abcb'.lastIndexOf('b') == 3 && 'abc'.indexOf('z') == -1
'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b'
'aaa'.replace('a', 'b') == 'bbb' && 'aaa'.replace('a', 'b', 2) == 'bba' && 'ab'.replace('', '_') == '_a_b_'
'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco' && size('héllo') == 5 && size('😀') == 1
'%s is %d, %.2f, %x, %%'.format([dyn('a'), 3, 1.5, 255]) == 'a is 3, 1.50, ff, %'
'%s'.format([[dyn(1), 'a', null]]) == '[1, a, null]' && strings.quote('a"') == '"a\\\\""'
'abc 123 d4'.find('[0-9]+') == '123' && 'a1 b2'.findAll('[0-9]') == ['1', '2'] && 'a1 b2'.findAll('[0-9]', 1) == ['1']
[1, 2, 3].sum() == 6 && [1.5, 2.0].sum() == 3.5 && [2, 1].min() == 1 && ['a', 'b'].max() == 'b' && [1, 2].isSorted()
[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [3, 1].sort() == [1, 3] && [1, 1].distinct() == [1]
[[1], [2]].flatten() == [1, 2] && [1, 2, 3].slice(1, 3) == [2, 3] && [1, 2].reverse() == [2, 1] && lists.range(3) == [0, 1, 2]
sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2])
quantity('1.5Gi').isGreaterThan(quantity('1Gi')) && quantity('100m').asApproximateFloat() == 0.1 && isQuantity('1k')
quantity('1k').asInteger() == 1000 && quantity('1').add(quantity('1')) == quantity('2') && quantity('3').sub(1).compareTo(quantity('2')) == 0
url('https://[::1]:8080/a%20b?x=1&x=2#f').getHostname() == '::1' && url('https://h:80/p').getPort() == '80' && !isURL('nope') && !isURL('http://#%b$#@') && !isURL('http://h#f')
url('https://h/p q?x=1&x=2').getQuery() == {'x': ['1', '2']} && url('https://h/p q').getEscapedPath() == '/p%20q'
isIP('10.0.0.1') && !isIP('10.0.0') && ip('::1').isLoopback() && ip('2001:db8::1').family() == 6 && !ip.isCanonical('2001:DB8::1')
cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsCIDR('0.0.0.0/0')
cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && string(cidr('2001:db8::/32').ip()) == '2001:db8::' && isCIDR('::/0')
format.dns1123Label().validate('My_Name').hasValue() && !format.named('uuid').value().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()
semver('1.2.3').isLessThan(semver('1.10.0')) && semver('v1.2', true).minor() == 2 && !isSemver('1.2') && semver('1.0.0-a').isLessThan(semver('1.0.0'))
int('42') == 42 && double('1.5') == 1.5 && string(1.0) == '1' && string(true) == 'true' && uint(3) == 3u && int(2.9) == 2
string(duration('90s')) == '90s' && string(timestamp('2026-01-01T00:00:00.5Z')) == '2026-01-01T00:00:00.5Z' && type(1u) == uint
dyn(1) == 1.0 && dyn(1) == 1u && !(dyn(1) == '1') && 1 < 1.5 && 2u > 1 && -7 / 2 == -3 && -7 % 2 == -1
{'a': 1, 'b': 2}.size() == 2 && {1: 'x'}[1] == 'x' && [1] + [2] == [1, 2] && 'a' + 'b' == 'ab'
optional.ofNonZeroValue('').orValue('x') == 'x' && optional.none().or(optional.of(1)).value() == 1`;
  for (const source of sources.trim().split('\n')) t.equal(constant(source), true, source);
  t.end();
});

void t.test('CEL: errors of evaluation', (t) => {
  const cases: [string, string][] = [
    ['1 / 0 == 1', 'division by zero'],
    ['1 % 0 == 1', 'modulus by zero'],
    ['9223372036854775807 + 1 == 0', 'integer overflow'],
    ['[1][3] == 1', 'index out of bounds: 3'],
    ["{'a': 1}['b'] == 1", 'no such key: b'],
    ['self.labels.nope == "x"', 'no such key: nope'],
    ["self.port > 'a'", 'no such overload'],
    ['dyn(self.?name)[true] == 1', 'no such overload'],
    ["int('x') == 1", "type conversion error from 'string' to 'int'"],
    ['[1, 2].all(x, x / 0 == 1)', 'division by zero'],
    ["'a'.charAt(3) == ''", 'index out of range: 3'],
    ['optional.none().value() == 1', 'optional.none() dereference'],
    ["quantity('x') == quantity('y')", "quantities must match the regular expression '^([+-]?"],
    ['[].map(x, x).min() == 1', 'min called on empty list'],
    ['self.count == 1', 'invalid data, expected int, got string'],
  ];
  for (const [source, text] of cases) {
    const found = evaluated(source, SCHEMA, { ...DATA, count: 'x' });
    t.match(found, text, source);
    t.match(found, /^! /, source);
  }
  t.equal(evaluated('[1, 2].exists(x, x / (x - 1) > 0)', SCHEMA, DATA), true, 'an error gives way');
  t.end();
});

void t.test('CEL: what is wrong with optional entries, sorting, and entries of maps', (t) => {
  const wrong = (source: string) => String(evaluated(source, SCHEMA, DATA)).split('\n')[0];
  t.equal(
    wrong('[?self.name]'),
    "ERROR: <input>:1:7: expected type 'optional_type(_var0)' but found 'string'".replace(
      '_var0',
      'dyn',
    ),
  );
  t.match(wrong('f(a, ?b)'), /Syntax error/);
  t.equal(wrong('[?self.port]'), '! no such overload');
  t.equal(
    wrong('self.tags.sortBy(t, [t])'),
    "ERROR: <input>:1:17: found no matching overload for '@sortByAssociatedKeys' applied to 'list(string).(list(list(string)))'",
  );
  t.equal(
    wrong("[1, 2].transformMapEntry(i, x, {'a': x})"),
    '! insert failed: key a already exists',
  );
  t.equal(wrong('[self.port, self.other].sortBy(x, x)'), '! list elements must have the same type');
  t.end();
});
