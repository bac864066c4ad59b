import t from 'tap';
import { openApiVersion2 } from '../../../src/api/index.js';

interface Document {
  readonly swagger: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly definitions: Record<string, Schema>;
}
interface Operation {
  readonly operationId?: string;
  readonly consumes?: string[];
  readonly parameters?: { readonly name: string; readonly in: string; readonly type?: string }[];
  readonly responses?: Record<string, { readonly schema?: object }>;
}
interface Schema {
  readonly properties?: Record<string, Record<string, unknown>>;
  readonly type?: string;
}

const JSON_SCHEMA = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
const text = new TextDecoder().decode(openApiVersion2().bytes);
const document = JSON.parse(text) as Document;

void t.test('everything that is served is in one document', (t) => {
  t.equal(document.swagger, '2.0');
  for (const path of [
    '/api/v1/namespaces/{namespace}/pods/{name}',
    '/apis/apps/v1/namespaces/{namespace}/deployments',
    '/apis/autoscaling/v1/horizontalpodautoscalers',
    '/apis/events.k8s.io/v1/events',
  ])
    t.ok(document.paths[path], path);
  t.ok(openApiVersion2() === openApiVersion2(), 'made once');
  t.end();
});

void t.test('every reference leads somewhere, and nothing is of version 3', (t) => {
  const targets = new Set(
    [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target),
  );
  t.ok(targets.size > 500);
  for (const target of targets) {
    const name = target.replace('#/definitions/', '');
    if (document.definitions[name] === undefined) t.fail(target);
  }
  // A schema of schemas has fields of these names.
  const { [JSON_SCHEMA]: _fields, ...definitions } = document.definitions;
  const rest = JSON.stringify({ ...document, definitions });
  t.notOk(/"(oneOf|anyOf|allOf|nullable|requestBody|components)":/.test(rest));
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).flatMap((each) => each.operationId ?? []),
  );
  t.equal(new Set(ids).size, ids.length, 'operation ids are unique');
  t.end();
});

void t.test('operations and schemas read as Kubernetes’ clients expect', (t) => {
  const deployment = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'];
  t.match(deployment?.['patch'], {
    consumes: [
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/apply-patch+yaml',
    ],
    parameters: [
      { name: 'body', in: 'body', required: true },
      { name: 'dryRun', in: 'query', type: 'string' },
    ],
    responses: { 200: { schema: { $ref: '#/definitions/io.k8s.api.apps.v1.Deployment' } } },
    'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
  });
  t.match(document.definitions['io.k8s.api.core.v1.PodSpec']?.properties?.['containers'], {
    type: 'array',
    items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
    'x-kubernetes-patch-merge-key': 'name',
  });
  t.match(document.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'], {
    type: 'string',
    format: 'int-or-string',
  });
  t.end();
});
