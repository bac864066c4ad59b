import type { Api } from '../conformance/harness.js';
import type { Request } from '../fake-webhooks.js';

type Json = Record<string, unknown>;
type Widget = Json & { readonly hostPort?: string; readonly host?: string; readonly port?: string };
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const text = { type: 'string' };

/** As Kubernetes' own conversion test has it: v1 has `hostPort: "a:1"`, v2 has `host` and `port`. */
export function convertHostPort({ desiredAPIVersion, objects }: Request): object {
  const convertedObjects = (objects as Widget[]).map((object) => {
    const { hostPort, host, port, ...rest } = object;
    const split = (hostPort ?? '').split(':');
    const parts = String(desiredAPIVersion).endsWith('/v2')
      ? hostPort === undefined
        ? {}
        : { host: split[0], port: split[1] }
      : host === undefined
        ? {}
        : { hostPort: `${host}:${port ?? ''}` };
    return { ...rest, ...parts, apiVersion: desiredAPIVersion };
  });
  return { convertedObjects, result: { status: 'Success' } };
}

export interface Widgets {
  readonly group: string;
  readonly definition: string;
  readonly at: (version: string, name?: string) => string;
  readonly object: (version: string, name: string, more?: object) => Json;
}

/** A definition with v1 and v2, stored as v1, converted by the webhook at `path`; established. */
export async function defineWidgets(
  api: Pick<Api, 'expect' | 'namespace' | 'world'>,
  path: string,
  more: { readonly clientConfig?: object; readonly versions?: object } = {},
): Promise<Widgets> {
  const group = `${api.namespace}.example.com`;
  const version = (name: string, properties: object, storage: boolean): object => ({
    name,
    served: true,
    storage,
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
    },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          ...properties,
          spec: { type: 'object', properties: { replicas: { type: 'integer' } } },
          status: { type: 'object', properties: { replicas: { type: 'integer' }, note: text } },
        },
      },
    },
    ...more.versions,
  });
  await api.expect(201, 'POST', CRDS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      conversion: {
        strategy: 'Webhook',
        webhook: {
          clientConfig: more.clientConfig ?? { url: `https://webhook.example.com${path}` },
          conversionReviewVersions: ['v1', 'v1beta1'],
        },
      },
      versions: [
        version('v1', { hostPort: text }, true),
        version('v2', { host: text, port: text }, false),
      ],
    },
  });
  await api.world.advance(100);
  const root = (served: string): string =>
    `/apis/${group}/${served}/namespaces/${api.namespace}/widgets`;
  return {
    group,
    definition: `${CRDS}/widgets.${group}`,
    at: (served, name = '') => (name === '' ? root(served) : `${root(served)}/${name}`),
    object: (served, name, rest = {}) => ({
      apiVersion: `${group}/${served}`,
      kind: 'Widget',
      metadata: { name },
      ...rest,
    }),
  };
}
