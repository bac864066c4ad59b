import t from 'tap';
import { customResourcesOf, planDefinitionStatus } from '../../../src/api/crd/index.js';
import { evaluateJsonPath, parseJsonPath } from '../../../src/api/crd/json-path.js';
import type { JsonSchema } from '../../../src/api/crd/json-schema.js';
import { setDefinitionDefaults } from '../../../src/api/crd/set-definition-defaults.js';
import {
  checkDefinition,
  checkDefinitionUpdate,
} from '../../../src/api/crd/validate-definition.js';
import { validateOpenApiSchema } from '../../../src/api/crd/validate-schema.js';
import { compareVersions } from '../../../src/api/crd/version-priority.js';
import type { V1CustomResourceDefinition } from '../../../src/api/index.js';
import type { FieldError } from '../../../src/api/validation/field-error.js';
import { formatFieldError } from '../../../src/api/validation/field-error.js';

const NOW = '2026-01-01T00:00:00Z';

function definition(
  more: Partial<V1CustomResourceDefinition['spec']> = {},
): V1CustomResourceDefinition {
  const object: V1CustomResourceDefinition = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
      ...more,
    },
  };
  setDefinitionDefaults(object);
  return object;
}

function problems(object: V1CustomResourceDefinition): string[] {
  const errors: FieldError[] = [];
  checkDefinition(object, errors);
  return errors.map(formatFieldError);
}

function schemaProblems(schema: JsonSchema): string[] {
  return validateOpenApiSchema(schema, 's').map(formatFieldError);
}

void t.test(
  'a definition gets its singular, its list kind, strategy None and its stored version',
  (t) => {
    const { spec, status } = definition();
    t.match(spec.names, { singular: 'widget', listKind: 'WidgetList' });
    t.match(spec.conversion, { strategy: 'None' });
    t.same(status?.storedVersions, ['v1']);
    t.same(problems(definition()), []);
    t.end();
  },
);

void t.test('what is wrong with a definition is said in the words of Kubernetes', (t) => {
  const [version] = definition().spec.versions;
  const two = [
    version,
    { ...version, name: 'v2' },
  ] as V1CustomResourceDefinition['spec']['versions'];
  const has = (object: V1CustomResourceDefinition, text: string): void => {
    t.ok(
      problems(object).some((each) => each.includes(text)),
      `${text} in ${problems(object).join('; ')}`,
    );
  };
  has(
    definition({ group: 'example' }),
    'spec.group: Invalid value: "example": should be a domain with at least one dot',
  );
  has(
    definition({ group: 'other.com' }),
    'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
  );
  has(
    definition({ scope: 'Galaxy' }),
    'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"',
  );
  has(definition({ versions: two }), 'must have exactly one version marked as storage version');
  has(
    definition({ preserveUnknownFields: true }),
    'cannot set to true, set x-kubernetes-preserve-unknown-fields',
  );
  has(
    definition({ names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } }),
    'spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same',
  );
  has(
    definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
    'spec.versions[0].schema.openAPIV3Schema: Required value',
  );
  t.end();
});

void t.test('an established definition keeps its scope and kind, and its stored versions', (t) => {
  const old = definition();
  old.status = { ...old.status, conditions: [{ type: 'Established', status: 'True' }] };
  const changed = definition({
    scope: 'Cluster',
    versions: [
      { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
    ],
  });
  changed.status = { storedVersions: ['v1', 'v2'] };
  const errors: FieldError[] = [];
  checkDefinitionUpdate(changed, old, errors);
  t.match(errors.map(formatFieldError), [
    /spec.scope: Invalid value: "Cluster": field is immutable/,
    /status.storedVersions\[0\]: Invalid value: "v1": missing from spec.versions; v1 was previously/,
  ]);
  t.end();
});

void t.test('a schema is structural, or it is said why not', (t) => {
  t.same(schemaProblems({ type: 'object', properties: { a: {} } }), [
    's.properties[a].type: Required value: must not be empty for specified object fields',
  ]);
  t.same(schemaProblems({ type: 'object', properties: { a: { type: 'array' } } }), [
    's.properties[a].items: Required value: must be specified',
  ]);
  t.same(schemaProblems({ type: 'string' }), [
    's.type: Invalid value: "string": must be object at the root',
  ]);
  t.same(schemaProblems({ type: 'object', anyOf: [{ properties: { a: { type: 'string' } } }] }), [
    's.anyOf[0].properties[a].type: Forbidden: must be empty to be structural',
    's.properties[a]: Required value: because it is defined in s.anyOf[0].properties[a]',
  ]);
  t.same(
    schemaProblems({
      type: 'object',
      properties: {
        p: {
          'x-kubernetes-int-or-string': true,
          anyOf: [{ type: 'integer' }, { type: 'string' }],
        },
      },
    }),
    [],
  );
  t.end();
});

void t.test('extensions agree with what they extend; defaults are valid', (t) => {
  const list = (more: JsonSchema): JsonSchema => ({
    type: 'object',
    properties: {
      l: {
        type: 'array',
        items: { type: 'object', properties: { k: { type: 'string' } } },
        ...more,
      },
    },
  });
  t.same(schemaProblems(list({ 'x-kubernetes-list-type': 'map' })), [
    's.properties[l].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map',
  ]);
  t.match(
    schemaProblems(list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] })),
    [
      /items.properties\[k\].default: Required value: this property is in x-kubernetes-list-map-keys/,
    ],
  );
  t.match(schemaProblems(list({ uniqueItems: true })), [/uniqueItems cannot be set to true/]);
  t.same(
    schemaProblems({ type: 'object', properties: { n: { type: 'integer', default: 'one' } } }),
    [
      's.properties[n].default: Invalid value: "string":  in body must be of type integer: "string"',
    ],
  );
  t.end();
});

void t.test('names are of the first who has them', (t) => {
  const first = definition();
  first.status = planDefinitionStatus(first, [], NOW) ?? {};
  t.match(first.status.conditions, [
    { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
  ]);
  t.equal(planDefinitionStatus(first, [], NOW), undefined, 'nothing more to do');
  const second = definition({ names: { plural: 'gadgets', kind: 'Widget', shortNames: ['wd'] } });
  second.metadata = { name: 'gadgets.example.com' };
  const status = planDefinitionStatus(second, [first], NOW);
  t.match(status?.conditions, [
    {
      type: 'NamesAccepted',
      status: 'False',
      reason: 'ListKindConflict',
      message: '"WidgetList" is already in use',
    },
    { type: 'Established', status: 'False', reason: 'NotAccepted' },
  ]);
  t.equal(status?.acceptedNames?.plural, 'gadgets');
  t.equal(planDefinitionStatus(second, [first, second], NOW)?.conditions?.length, 2);
  second.spec.names.kind = 'Gadget';
  second.spec.names.listKind = 'GadgetList';
  second.spec.names.singular = 'gadget';
  second.spec.names.shortNames = [];
  t.match(planDefinitionStatus(second, [first], NOW)?.conditions?.[0], { status: 'True' });
  t.end();
});

void t.test('served versions become resources in the order of their stability', (t) => {
  t.same(
    ['v1beta1', 'foo', 'v2', 'v1', 'v1alpha1', 'v10', 'v1beta2', 'bar'].sort(compareVersions),
    ['v10', 'v2', 'v1', 'v1beta2', 'v1beta1', 'v1alpha1', 'bar', 'foo'],
  );
  const object = definition({
    versions: ['v1beta1', 'v1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      deprecated: name === 'v1beta1',
      schema: { openAPIV3Schema: { type: 'object' } },
      subresources: { status: {} },
    })),
  });
  t.same(customResourcesOf(object), [], 'not before it is established');
  object.status = planDefinitionStatus(object, [], NOW) ?? {};
  const rows = customResourcesOf(object);
  t.match(rows, [
    {
      version: 'v1',
      resource: 'widgets',
      storagePrefix: '/registry/example.com/widgets',
      model: 'com.example.v1.Widget',
    },
    {
      version: 'v1beta1',
      custom: {
        deprecationWarning: 'example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget',
      },
    },
  ]);
  t.end();
});

void t.test('columns read JSONPath: fields, indexes, wildcards and filters', (t) => {
  const object = {
    spec: { a: [{ n: 1 }, { n: 2 }], 'x.y': 'dotted' },
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Live', status: 'False' },
      ],
    },
  };
  const read = (path: string): unknown => {
    const parsed = parseJsonPath(path);
    return parsed.ok ? evaluateJsonPath(parsed.value, object) : parsed.error;
  };
  t.same(read('.spec.a[1].n'), [2]);
  t.same(read('.spec.a[-1].n'), [2]);
  t.same(read('.spec.a[*].n'), [1, 2]);
  t.same(read('.status.conditions[?(@.type=="Ready")].status'), ['True']);
  t.same(read(".spec['x.y']"), ['dotted']);
  t.same(read('.spec.x\\.y'), ['dotted']);
  t.same(read('.spec.missing.deep'), []);
  t.equal(read('.spec.a['), 'unterminated array');
  t.end();
});
