import type { KubernetesObject } from '../../src/api/index.js';

export function pod(name: string, more: Record<string, unknown> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(more['metadata'] as object | undefined) },
    spec: {
      containers: [{ name: 'main', image: 'nginx:1' }],
      ...(more['spec'] as object | undefined),
    },
  };
}

export function configMap(
  name: string,
  data: Record<string, string> = {},
  metadata: object = {},
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function service(name: string, spec: Record<string, unknown> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  };
}

export function deployment(name: string, replicas = 1): KubernetesObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
      },
    },
  };
}

export const PODS = '/api/v1/namespaces/default/pods';
export const CONFIGMAPS = '/api/v1/namespaces/default/configmaps';
export const SERVICES = '/api/v1/namespaces/default/services';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const MERGE_PATCH = { type: 'application/merge-patch+json' } as const;
