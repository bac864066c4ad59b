import type { ApiWorld, Answer } from '../api-world.js';
import { createApiWorld } from '../api-world.js';

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

const SPEC = {
  type: 'object',
  properties: {
    color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    replicas: { type: 'integer', minimum: 0 },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port'],
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: { type: 'integer' }, name: { type: 'string' } },
      },
    },
  },
};

/** Widgets: two versions, a status, a scale, columns and a selectable field. */
export function widgets(spec: Record<string, unknown> = SPEC, more: object = {}): object {
  const openAPIV3Schema = {
    type: 'object',
    properties: {
      spec,
      status: {
        type: 'object',
        properties: { replicas: { type: 'integer' }, selector: { type: 'string' } },
      },
    },
  };
  const version = {
    served: true,
    schema: { openAPIV3Schema },
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    },
    additionalPrinterColumns: [
      { name: 'Color', type: 'string', jsonPath: '.spec.color' },
      { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
    ],
    selectableFields: [{ jsonPath: '.spec.color' }],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
      versions: [
        { ...version, name: 'v1', storage: true },
        { ...version, name: 'v1beta1', storage: false, deprecated: true },
      ],
      ...more,
    },
  };
}

export function widget(name: string, spec: object = {}, more: object = {}): object {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec, ...more };
}

/** A world with a definition that is established. */
export async function worldWith(definition: object): Promise<ApiWorld> {
  const world = createApiWorld();
  await world.start();
  const created = await world.http('POST', DEFINITIONS, definition);
  if (created.status !== 201) throw new Error(created.text);
  await world.advance(100);
  return world;
}

export function messageOf(answer: Answer): string {
  return String(answer.body['message']);
}
