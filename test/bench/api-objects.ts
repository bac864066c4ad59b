import type { SentRequest } from './http-protocol.js';

const JSON_HEADERS = { 'content-type': 'application/json' };
const NAMESPACE = '/api/v1/namespaces/default';

/** A pod as a Deployment's are, which no scheduler of this cluster takes: 10,000 of them lie there and cost nothing else. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'pod-{n}',
    labels: { app: 'web', tier: 'frontend', 'pod-template-hash': '6b474476c4' },
    annotations: { 'example.com/revision': '7' },
  },
  spec: {
    schedulerName: 'nobody',
    containers: [
      {
        name: 'web',
        image: 'registry.example.com/team/web:1.4.2',
        ports: [{ name: 'http', containerPort: 8080 }],
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: 'web' } }],
  },
};

export function configMap(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { app: 'web' } },
    data: { n: '0', text: 'x'.repeat(200) },
  };
}

export const PODS_PATH = `${NAMESPACE}/pods`;

export function post(path: string, object: object): SentRequest {
  return { method: 'POST', path, headers: JSON_HEADERS, body: JSON.stringify(object) };
}

export const createPod = post(PODS_PATH, POD);

export function createConfigMap(name: string): SentRequest {
  return post(`${NAMESPACE}/configmaps`, configMap(name));
}

export function get(path: string, headers: Readonly<Record<string, string>> = {}): SentRequest {
  return { method: 'GET', path, headers };
}

export const getPod = get(`${PODS_PATH}/pod-{n}`);

export function patchConfigMap(name: string): SentRequest {
  return {
    method: 'PATCH',
    path: `${NAMESPACE}/configmaps/${name}`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ data: { n: '{stamp}' } }),
  };
}

export function watchConfigMap(name: string, resourceVersion: string): SentRequest {
  const selector = `fieldSelector=metadata.name%3D${name}`;
  return get(`${NAMESPACE}/configmaps?watch=true&${selector}&resourceVersion=${resourceVersion}`);
}

/** A definition of a group of its own. */
export function definition(group: string): SentRequest {
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  };
  return post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  });
}
