import type { JsonSchema } from '../crd/json-schema.js';
import { definitionName } from '../scheme/model.js';
import type { ApiResource } from '../scheme/resource.js';
import type { CustomDefinition } from './schema.js';
import type { Schema } from './schema-object.js';

const API_VERSION_TEXT =
  'The version of the schema of this object. Servers convert what they know to their newest version, and may refuse what they do not know.';
const KIND_TEXT =
  'The kind of resource that this object is, in camel case. Servers may infer it from the endpoint that it is sent to. It cannot be changed.';
const META = `#/components/schemas/${definitionName('V1ObjectMeta') ?? ''}`;
const LIST_META = `#/components/schemas/${definitionName('V1ListMeta') ?? ''}`;

/** The definitions of custom kinds and of their lists, as a document of OpenAPI has them, under their model's names. */
export function customDefinitions(
  rows: readonly ApiResource[],
): ReadonlyMap<string, CustomDefinition> {
  const definitions = new Map<string, CustomDefinition>();
  for (const { custom, group, version, kind, listKind, model } of rows) {
    if (custom === undefined) continue;
    definitions.set(model, {
      kinds: [{ group, kind, version }],
      schema: kindSchema(custom.schema),
    });
    definitions.set(`${model}List`, {
      kinds: [{ group, kind: listKind, version }],
      schema: listSchema(model, kind),
    });
  }
  return definitions;
}

const TYPE_META = {
  apiVersion: { description: API_VERSION_TEXT, type: 'string' },
  kind: { description: KIND_TEXT, type: 'string' },
};

function kindSchema(schema: JsonSchema): Schema {
  const published = publish(schema) as { properties?: Schema };
  const metadata = { allOf: [{ $ref: META }], description: "Standard object's metadata." };
  return {
    ...published,
    type: 'object',
    properties: { ...published.properties, ...TYPE_META, metadata },
  };
}

function listSchema(model: string, kind: string): Schema {
  return {
    description: `${kind}List is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...TYPE_META,
      items: {
        description: 'List of the objects.',
        type: 'array',
        items: { $ref: `#/components/schemas/${model}` },
      },
      metadata: { allOf: [{ $ref: LIST_META }], description: "Standard list's metadata." },
    },
  };
}

/** Within a definition: an embedded object is not spelled out, and rules stay with the server's own schema. */
function publish(schema: JsonSchema): Schema {
  const { items, properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(items !== undefined && { items: publish(items) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, publish(property)]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object'
          ? publish(additionalProperties)
          : additionalProperties,
    }),
  };
}
