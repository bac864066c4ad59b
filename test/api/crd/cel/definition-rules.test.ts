import t from 'tap';
import type { JsonSchema, ValidationRule } from '../../../../src/api/crd/index.js';
import { validateOpenApiSchema } from '../../../../src/api/crd/validate-schema.js';
import { formatFieldError } from '../../../../src/api/validation/field-error.js';

function problems(spec: JsonSchema): string[] {
  const schema: JsonSchema = { type: 'object', properties: { spec } };
  return validateOpenApiSchema(schema, 's').map(formatFieldError);
}

function withRule(schema: JsonSchema, rule: ValidationRule): JsonSchema {
  return { ...schema, 'x-kubernetes-validations': [rule] };
}

const OBJECT: JsonSchema = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'string' } },
};
const AT = 's.properties[spec].x-kubernetes-validations[0]';

function shown(rule: string, more = ''): string {
  const texts = more === '' ? '"MessageExpression":""' : `"MessageExpression":"${more}"`;
  return `{"Rule":${JSON.stringify(rule)},"Message":"",${texts},"Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
}

void t.test('rules: what compiles is accepted, on every level', (t) => {
  const rules = [{ rule: 'self.a > 0', message: 'a has to be positive', fieldPath: '.a' }];
  t.same(problems({ ...OBJECT, 'x-kubernetes-validations': rules }), []);
  t.same(problems(withRule({ type: 'string' }, { rule: "self != ''" })), []);
  const map = { type: 'object', maxProperties: 3, additionalProperties: { type: 'string' } };
  t.same(problems(withRule(map, { rule: "self.all(k, self[k] != '')" })), []);
  const root = withRule(
    { type: 'object', properties: { spec: OBJECT } },
    { rule: "self.metadata.name.startsWith('a') && self.kind == 'X' && self.spec.a > 0" },
  );
  t.same(validateOpenApiSchema(root, 's'), []);
  const embedded: JsonSchema = {
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };
  t.same(problems(withRule(embedded, { rule: 'has(self.metadata.generateName)' })), []);
  t.end();
});

void t.test('rules: what does not compile is refused in the words of Kubernetes', (t) => {
  t.same(problems(withRule(OBJECT, { rule: 'self.c > 0' })), [
    `${AT}.rule: Invalid value: ${shown('self.c > 0').replace('>', '\\u003e')}: compilation failed: ` +
      "ERROR: <input>:1:5: undefined field 'c'\n | self.c > 0\n | ....^",
  ]);
  t.same(problems(withRule(OBJECT, { rule: 'self.a' })), [
    `${AT}.rule: Invalid value: ${shown('self.a')}: cel expression must evaluate to a bool`,
  ]);
  const rule = { rule: 'self.a == 1', messageExpression: 'self.a' };
  t.same(problems(withRule(OBJECT, rule)), [
    `${AT}.messageExpression: Invalid value: ${shown('self.a == 1', 'self.a')}: messageExpression must evaluate to a string`,
  ]);
  t.match(problems(withRule(OBJECT, { ...rule, messageExpression: 'self.x' })), [
    /messageExpression compilation failed: ERROR: <input>:1:5: undefined field 'x'/,
  ]);
  t.match(problems(withRule(OBJECT, { rule: 'self.a ==' })), [
    /compilation failed: ERROR: <input>:1:\d+: Syntax error: /,
  ]);
  t.end();
});

void t.test('rules: their texts are checked', (t) => {
  const rule = 'self.a == 1';
  t.match(problems(withRule(OBJECT, { rule: ' ' })), [
    'rule: Required value: rule is not specified',
  ]);
  t.match(problems(withRule(OBJECT, { rule, message: ' ' })), [
    'message: Invalid value: " ": must be non-empty if specified',
  ]);
  t.match(problems(withRule(OBJECT, { rule: 'self.a ==\n1' })), [
    'message must be specified if rule contains line breaks',
  ]);
  t.match(problems(withRule(OBJECT, { rule, reason: 'Bad' })), [
    'reason: Unsupported value: "Bad": supported values: "FieldValueDuplicate"',
  ]);
  for (const fieldPath of ['.x', 'a', '.a.b', '.a[0]', ".a['x']"])
    t.same(problems(withRule(OBJECT, { rule, fieldPath })), [
      `${AT}.fieldPath: Invalid value: ${JSON.stringify(fieldPath)}: must be a valid path`,
    ]);
  t.same(problems(withRule(OBJECT, { rule, optionalOldSelf: true })), [
    `${AT}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
  ]);
  t.end();
});

void t.test('rules: oldSelf is of what can be found again after an update', (t) => {
  const items = withRule({ type: 'string' }, { rule: 'self == oldSelf' });
  t.same(problems({ type: 'array', maxItems: 5, items }), [
    's.properties[spec].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": ' +
      'oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[spec]',
  ]);
  const keyed = withRule(
    { type: 'object', required: ['k'], properties: { k: { type: 'string', maxLength: 9 } } },
    { rule: 'self == oldSelf' },
  );
  const list: JsonSchema = { type: 'array', maxItems: 5, items: keyed };
  const more = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
  t.same(problems({ ...list, ...more }), []);
  t.end();
});

void t.test('rules: what could cost too much is refused, with what to do about it', (t) => {
  const advice =
    '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
  const list: JsonSchema = { type: 'array', items: { type: 'string' } };
  const rule = { rule: 'self.all(x, self.all(y, x == y))' };
  const refused = problems(withRule(list, rule));
  t.same(refused, [
    `${AT}.rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
    `${AT}.rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    `s: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
  ]);
  const bounded: JsonSchema = {
    type: 'array',
    maxItems: 100,
    items: { type: 'string', maxLength: 30 },
  };
  t.same(problems(withRule(bounded, rule)), []);
  const one = withRule({ type: 'string' }, { rule: "self.contains('0123456789abcde')" });
  const times = (maxItems: number): string[] => problems({ type: 'array', maxItems, items: one });
  t.same(times(15), []);
  t.same(times(20), [
    `s.properties[spec].items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 1.258294x ${advice}`,
  ]);
  t.end();
});
