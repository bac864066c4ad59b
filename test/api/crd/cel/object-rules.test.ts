import t from 'tap';
import type { JsonSchema, ValidationRule } from '../../../../src/api/crd/index.js';
import { validateRules } from '../../../../src/api/crd/rules/index.js';
import { formatFieldError } from '../../../../src/api/validation/field-error.js';

function problems(schema: JsonSchema, object: object, old?: object): string[] {
  const errors = validateRules(object as never, old as never, schema);
  return errors.map(formatFieldError);
}

function spec(schema: JsonSchema, ...rules: ValidationRule[]): JsonSchema {
  const ruled: JsonSchema = { ...schema, 'x-kubernetes-validations': rules };
  return { type: 'object', properties: { spec: ruled } };
}

const RANGE: JsonSchema = {
  type: 'object',
  properties: { min: { type: 'integer' }, max: { type: 'integer' }, name: { type: 'string' } },
};
const ORDERED = { rule: 'self.min <= self.max' };

void t.test('rules: what is refused is told by the message, or by the rule', (t) => {
  const low = { spec: { min: 1, max: 2 } };
  const high = { spec: { min: 3, max: 2 } };
  t.same(problems(spec(RANGE, ORDERED), low), []);
  t.same(problems(spec(RANGE, ORDERED), high), [
    'spec: Invalid value: failed rule: self.min <= self.max',
  ]);
  const message = 'min is at most max';
  t.same(problems(spec(RANGE, { ...ORDERED, message }), high), [
    'spec: Invalid value: min is at most max',
  ]);
  const messageExpression = "'%d is more than %d'.format([self.min, self.max])";
  t.same(problems(spec(RANGE, { ...ORDERED, message, messageExpression }), high), [
    'spec: Invalid value: 3 is more than 2',
  ]);
  for (const bad of ["''", "'a\\nb'", 'string(1 / 0)'])
    t.same(problems(spec(RANGE, { ...ORDERED, message, messageExpression: bad }), high), [
      'spec: Invalid value: min is at most max',
    ]);
  const placed = { ...ORDERED, message, fieldPath: '.min' };
  t.same(problems(spec(RANGE, placed), high), ['spec.min: Invalid value: min is at most max']);
  t.same(problems(spec(RANGE, { ...placed, reason: 'FieldValueForbidden' }), high), [
    'spec.min: Forbidden: min is at most max',
  ]);
  t.same(problems(spec(RANGE, { ...placed, reason: 'FieldValueRequired' }), high), [
    'spec.min: Required value: min is at most max',
  ]);
  t.same(
    problems(spec({ type: 'integer' }, { rule: 'self % 2 == 1', message: 'odd' }), { spec: 2 }),
    ['spec: Invalid value: 2: odd'],
  );
  t.end();
});

void t.test('rules: on the root, in maps, lists and embedded resources', (t) => {
  const root: JsonSchema = {
    type: 'object',
    properties: { spec: RANGE },
    'x-kubernetes-validations': [{ rule: 'self.metadata.name == self.spec.name' }],
  };
  t.same(problems(root, { metadata: { name: 'a' }, spec: { name: 'a' } }), []);
  t.same(problems(root, { metadata: { name: 'a' }, spec: { name: 'b' } }), [
    '<nil>: Invalid value: failed rule: self.metadata.name == self.spec.name',
  ]);
  const item: JsonSchema = {
    type: 'string',
    'x-kubernetes-validations': [{ rule: 'size(self) < 3', message: 'too long' }],
  };
  const whole: JsonSchema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: item },
      map: { type: 'object', additionalProperties: item },
      pod: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-validations': [{ rule: "self.metadata.name != ''", message: 'no name' }],
      },
    },
  };
  const object = { list: ['a', 'long'], map: { k: 'long' }, pod: { metadata: { name: '' } } };
  t.same(problems(whole, object), [
    'list[1]: Invalid value: "long": too long',
    'map[k]: Invalid value: "long": too long',
    'pod: Invalid value: no name',
  ]);
  t.same(problems(whole, { list: [null], map: {}, pod: null }), [], 'null has no rules');
  t.end();
});

void t.test('rules: transitions are looked at where there was something before', (t) => {
  const fixed = { rule: 'self.name == oldSelf.name', message: 'name is immutable' };
  const schema = spec(RANGE, fixed);
  t.same(problems(schema, { spec: { name: 'a' } }), []);
  t.same(problems(schema, { spec: { name: 'a' } }, {}), []);
  t.same(problems(schema, { spec: { name: 'b' } }, { spec: { name: 'a' } }), [
    'spec: Invalid value: name is immutable',
  ]);
  const optional: ValidationRule = {
    rule: '!oldSelf.hasValue() || oldSelf.value().min <= self.min',
    optionalOldSelf: true,
    message: 'min only grows',
  };
  t.same(problems(spec(RANGE, optional), { spec: { min: 1 } }), []);
  t.same(problems(spec(RANGE, optional), { spec: { min: 1 } }, { spec: { min: 2 } }), [
    'spec: Invalid value: min only grows',
  ]);
  const items: JsonSchema = {
    type: 'object',
    properties: { k: { type: 'string' }, v: { type: 'integer' } },
    'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v', message: 'v shrinks' }],
  };
  const more = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
  const list: JsonSchema = {
    type: 'object',
    properties: { list: { type: 'array', items, ...more } },
  };
  const now = {
    list: [
      { k: 'new', v: 0 },
      { k: 'a', v: 1 },
      { k: 'b', v: 5 },
    ],
  };
  const before = {
    list: [
      { k: 'a', v: 2 },
      { k: 'b', v: 4 },
    ],
  };
  t.same(problems(list, now, before), ['list[1]: Invalid value: v shrinks']);
  t.end();
});

void t.test('rules: what was wrong before and is as it was does not hold up an update', (t) => {
  const schema = spec(RANGE, ORDERED);
  const wrong = { spec: { min: 3, max: 2 }, other: 1 };
  t.same(problems(schema, { ...wrong, other: 2 }, wrong), []);
  t.match(problems(schema, { spec: { min: 4, max: 2 } }, wrong), ['spec: Invalid value']);
  const item: JsonSchema = {
    type: 'string',
    'x-kubernetes-validations': [{ rule: "self == 'x'" }],
  };
  const list: JsonSchema = {
    type: 'object',
    properties: { list: { type: 'array', items: item } },
  };
  t.same(problems(list, { list: ['a'] }, { list: ['a'] }), [], 'the whole list is as it was');
  t.same(
    problems(list, { list: ['a', 'x'] }, { list: ['a'] }).length,
    1,
    'of an atomic list it is all or none',
  );
  t.end();
});

void t.test('rules: errors of evaluation, and the cost of a rule and of an object', (t) => {
  const port = { type: 'object', properties: { port: { 'x-kubernetes-int-or-string': true } } };
  t.same(problems(spec(port, { rule: 'self.port > 80' }), { spec: { port: 'http' } }), [
    'spec: Invalid value: "object": \'no such overload\': call arguments did not match a supported operator, function or macro signature for rule: self.port > 80',
  ]);
  t.same(problems(spec(RANGE, ORDERED), { spec: { min: 1 } }), [
    'spec: Invalid value: "object": no such key: max evaluating rule: self.min <= self.max',
  ]);
  const list: JsonSchema = { type: 'array', items: { type: 'integer' } };
  const costly = { rule: 'self.all(x, self.all(y, x + y >= 0))', message: 'sums' };
  const never = { rule: 'false' };
  const large = { spec: Array.from({ length: 600 }, (_none, index) => index) };
  t.same(problems(spec(list, costly, never), large), [
    'spec: Invalid value: "array": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: sums',
  ]);
  const many = Array.from({ length: 15 }, () => ({ rule: 'self.distinct().size() == size(self)' }));
  t.same(problems(spec(list, ...many, never), large), [
    'spec: Invalid value: "array": validation failed due to running out of cost budget, no further validation rules will be run',
  ]);
  t.end();
});
