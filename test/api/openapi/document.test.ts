import t from 'tap';
import { openApiDocument, openApiIndex } from '../../../src/api/index.js';

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: { readonly name: string }[];
  readonly requestBody?: { readonly content: object };
}
interface Schema {
  readonly properties?: Record<string, Record<string, unknown>>;
  readonly required?: string[];
}

function documentOf(path: string): Document {
  const document = openApiDocument(path);
  return JSON.parse(new TextDecoder().decode(document?.bytes)) as Document;
}

const PATHS = Object.keys(openApiIndex().paths);

void t.test('the index leads to the documents, by their hashes', (t) => {
  t.ok(PATHS.includes('api/v1'));
  t.ok(PATHS.includes('apis/apps/v1'));
  for (const path of PATHS) {
    const url = openApiIndex().paths[path]?.serverRelativeURL;
    t.equal(url, `/openapi/v3/${path}?hash=${openApiDocument(path)?.hash ?? ''}`);
    t.match(url, /hash=[0-9A-F]{16}$/);
  }
  t.equal(openApiDocument('apis/nothing/v1'), undefined);
  t.end();
});

void t.test('every reference leads somewhere, and operation ids are unique', (t) => {
  for (const path of PATHS) {
    const document = documentOf(path);
    const text = JSON.stringify(document);
    const references = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
    );
    const dangling = [...references].filter((name) => !document.components.schemas[name ?? '']);
    t.same(dangling, [], path);
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).flatMap((each) =>
        each.operationId === undefined ? [] : [each.operationId],
      ),
    );
    t.equal(new Set(ids).size, ids.length, `${path}: ${String(ids.length)} operations`);
  }
  t.end();
});

void t.test('kubectl finds what it looks for before it applies', (t) => {
  const paths = documentOf('apis/apps/v1').paths;
  const patch = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch'];
  t.match(patch, {
    operationId: 'patchAppsV1NamespacedDeployment',
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group: 'apps', kind: 'Deployment', version: 'v1' },
  });
  t.ok('application/strategic-merge-patch+json' in (patch?.requestBody?.content ?? {}));
  const names = (patch?.parameters ?? []).map((parameter) => parameter.name);
  t.ok(names.includes('fieldValidation'));
  t.ok(names.includes('dryRun'));
  t.end();
});

void t.test('schemas say how lists are merged, what is required, and what things are', (t) => {
  const { schemas } = documentOf('apis/apps/v1').components;
  t.match(schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['containers'], {
    type: 'array',
    items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-patch-strategy': 'merge',
    description: /^List of containers belonging to the pod/,
  });
  t.same(schemas['io.k8s.api.core.v1.PodSpec']?.required, ['containers']);
  t.match(schemas['io.k8s.api.apps.v1.DeploymentSpec']?.properties?.['template'], {
    allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }],
  });
  t.match(schemas['io.k8s.api.apps.v1.Deployment'], {
    'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
  });
  t.match(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'], {
    'x-kubernetes-map-type': 'atomic',
  });
  t.end();
});
