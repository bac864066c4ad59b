import type { Schema } from './schema-object.js';

type Json = Readonly<Record<string, unknown>>;

/** A document of OpenAPI 2.0. */
export interface Version2 {
  readonly swagger: '2.0';
  readonly info: unknown;
  readonly paths: Readonly<Record<string, Json>>;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly securityDefinitions: Json;
  readonly security: readonly Json[];
}

/** What a document of OpenAPI 3.0, as it is built here, says in OpenAPI 2.0 (Swagger). What 2.0 has no words for is left out. */
export function asVersion2(document: Json): Version2 {
  const { info, paths, components } = document as {
    info: unknown;
    paths: Readonly<Record<string, Json>>;
    components: { schemas: Readonly<Record<string, Schema>> };
  };
  return {
    swagger: '2.0',
    info,
    paths: mapValues(paths, pathItem),
    definitions: mapValues(components.schemas, schema),
    securityDefinitions: {
      BearerToken: {
        description: 'The token of a service account.',
        type: 'apiKey',
        name: 'authorization',
        in: 'header',
      },
    },
    security: [{ BearerToken: [] }],
  };
}

function mapValues<T, R>(
  object: Readonly<Record<string, T>>,
  convert: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, convert(value)]));
}

function pathItem({ parameters, ...operations }: Json): Json {
  return { ...mapValues(operations as Record<string, Json>, operation), ...own(parameters) };
}

function own(parameters: unknown): Json {
  return parameters === undefined ? {} : { parameters: (parameters as Json[]).map(parameter) };
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly required?: boolean;
  readonly description?: string;
}

function operation({ parameters = [], requestBody, responses, ...rest }: Json): Json {
  const body = requestBody as Content | undefined;
  const answers = responses as Readonly<Record<string, Content>>;
  const produced = Object.values(answers).flatMap(({ content = {} }) => Object.keys(content));
  const sent = body === undefined ? [] : [bodyParameter(body)];
  const all = [...sent, ...(parameters as Json[]).map(parameter)];
  return {
    ...rest,
    consumes: body?.content === undefined ? ['*/*'] : Object.keys(body.content),
    produces: [...new Set(produced)],
    schemes: ['https'],
    ...(all.length > 0 && { parameters: all }),
    responses: mapValues(answers, ({ description = '', content }) => ({
      description,
      ...(content !== undefined && { schema: contentSchema(content) }),
    })),
  };
}

function bodyParameter({ content = {}, required }: Content): Json {
  const head = { name: 'body', in: 'body', ...(required === true && { required }) };
  return { ...head, schema: contentSchema(content) };
}

function contentSchema(content: NonNullable<Content['content']>): Schema {
  const [first] = Object.values(content);
  return first === undefined ? {} : schema(first.schema);
}

function parameter({ schema: type, ...rest }: Json): Json {
  return { ...rest, ...(type as Json | undefined) };
}

const COMPONENTS = '#/components/schemas/';
/** Of OpenAPI 3.0 only. `nullable` takes the type with it: 2.0 cannot say that a value may be null. */
const DROPPED: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable']);

function schema(source: Schema): Schema {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(source)) {
    if (DROPPED.has(name) || (name === 'type' && source['nullable'] === true)) continue;
    result[name] = converted(name, value);
  }
  const alone = (source['allOf'] as readonly Schema[] | undefined)?.[0];
  if (typeof alone?.['$ref'] === 'string') result['$ref'] = reference(alone['$ref']);
  // A number or a string: where 2.0 must choose, Kubernetes chooses the string.
  if (source['oneOf'] !== undefined && source['type'] === undefined) result['type'] = 'string';
  return result;
}

function converted(name: string, value: unknown): unknown {
  switch (name) {
    case '$ref':
      return reference(value as string);
    case 'properties':
      return mapValues(value as Record<string, Schema>, schema);
    case 'items':
    case 'additionalProperties':
      return typeof value === 'object' && value !== null ? schema(value as Schema) : value;
    default:
      return value;
  }
}

function reference(target: string): string {
  return target.startsWith(COMPONENTS)
    ? `#/definitions/${target.slice(COMPONENTS.length)}`
    : target;
}
